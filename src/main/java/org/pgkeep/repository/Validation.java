package org.pgkeep.repository;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What the last look at a backup's stored bytes found.
 *
 * @param at when the look ended
 * @param damage what is damaged, a sentence each: at most {@value #DAMAGE_MAX}, at most {@value #SENTENCE_MAX} characters each;
 *     empty for a sound backup
 * @param more how many sentences were left out
 */
public record Validation(Instant at, Depth depth, List<String> damage, long more) {
    /** A record must stay small: who wants all of it asks verify again. */
    public static final int DAMAGE_MAX = 100;

    public static final int SENTENCE_MAX = 1000;

    /** How thoroughly it was looked at. */
    public enum Depth {
        /** The hashes of all stored frames. */
        SCRUB("scrub"),
        /** Every block was expanded, and its hash compared. */
        DEEP("deep");

        private final String word;

        Depth(String word) {
            this.word = word;
        }

        /** In records and output. */
        public String word() {
            return word;
        }

        static Optional<Depth> ofWord(String word) {
            return Arrays.stream(values())
                    .filter(depth -> depth.word.equals(word))
                    .findFirst();
        }
    }

    public Validation {
        damage = List.copyOf(damage);
        boolean bounded =
                damage.size() <= DAMAGE_MAX && damage.stream().allMatch(sentence -> sentence.length() <= SENTENCE_MAX);
        if (!bounded || more < 0 || (damage.isEmpty() && more > 0)) {
            throw new IllegalArgumentException(damage.size() + " damages and " + more + " more");
        }
    }

    /** A sound backup. */
    public static Validation sound(Instant at, Depth depth) {
        return new Validation(at, depth, List.of(), 0);
    }

    /** A damaged backup; of many or long sentences, as much as a record may hold. */
    public static Validation damaged(Instant at, Depth depth, List<String> damage) {
        return damaged(at, depth, damage, 0);
    }

    /** The same, where some were left out already. */
    public static Validation damaged(Instant at, Depth depth, List<String> damage, long leftOut) {
        List<String> kept = damage.stream()
                .limit(DAMAGE_MAX)
                .map(sentence -> sentence.substring(0, Math.min(SENTENCE_MAX, sentence.length())))
                .toList();
        return new Validation(at, depth, kept, leftOut + damage.size() - kept.size());
    }

    /** Whether anything is damaged. */
    public boolean isDamaged() {
        return !damage.isEmpty();
    }

    /** How many things are damaged. */
    public long count() {
        return damage.size() + more;
    }
}
