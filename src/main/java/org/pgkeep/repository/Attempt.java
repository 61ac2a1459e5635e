package org.pgkeep.repository;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * {@code attempts/<label>.json}: a backup that runs, or was cut off ({@code docs/formats/attempt.md}). Who may use or remove the
 * packs of one that was cut off is decided here, by compare-and-swap.
 *
 * @param owner who runs it; of a claimed one who resumes it
 * @param historyId which {@link ClusterRecord.History} it is of
 * @param compression of its packs
 * @param heartbeat when it last said that it lives
 * @param term silent for longer, it is dead
 * @param copied how far it was then
 */
public record Attempt(
        Label label,
        State state,
        Owner owner,
        int historyId,
        String compression,
        Instant started,
        Instant heartbeat,
        Duration term,
        Copied copied) {
    static final int FORMAT = 1;

    /**
     * How much of the cluster's files was read.
     *
     * @param totalBytes that are to be read; 0 while that is not known
     */
    public record Copied(long bytes, long totalBytes) {
        static final Copied NOTHING = new Copied(0, 0);
    }

    /** What becomes of its packs. */
    public enum State {
        /** Its owner writes them, unless it died. */
        RUNNING("running"),
        /** Its owner ended before the commit and left them to the next backup. */
        LEFT("left"),
        /** A later backup refers to them. */
        CLAIMED("claimed"),
        /** They are being removed; nobody may refer to them any more. */
        CONDEMNED("condemned");

        private final String word;

        State(String word) {
            this.word = word;
        }

        private static Optional<State> ofWord(String word) {
            for (State state : values()) {
                if (state.word.equals(word)) {
                    return Optional.of(state);
                }
            }
            return Optional.empty();
        }

        @Override
        public String toString() {
            return word;
        }
    }

    Attempt at(Instant beat, Copied sofar) {
        return new Attempt(label, state, owner, historyId, compression, started, beat, term, sofar);
    }

    Attempt in(State next, Owner by) {
        return new Attempt(label, next, by, historyId, compression, started, heartbeat, term, copied);
    }

    byte[] print() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("format", FORMAT);
        fields.put("label", label);
        fields.put("state", state);
        fields.put("host", owner.host());
        fields.put("process", owner.process());
        fields.put("id", owner.id());
        fields.put("history", historyId);
        fields.put("compression", compression);
        fields.put("started", started);
        fields.put("heartbeat", heartbeat);
        fields.put("termMillis", term.toMillis());
        fields.put("copiedBytes", copied.bytes);
        fields.put("totalBytes", copied.totalBytes);
        return Json.print(fields);
    }

    static Attempt parse(byte[] bytes, String location) {
        Json json = Json.parse(bytes, location, FORMAT);
        return new Attempt(
                json.label("label"),
                State.ofWord(json.text("state")).orElseThrow(() -> json.wrong("state")),
                new Owner(json.text("host"), json.number("process"), json.text("id")),
                json.integer("history"),
                json.text("compression"),
                json.instant("started"),
                json.instant("heartbeat"),
                Duration.ofMillis(json.number("termMillis")),
                new Copied(json.number("copiedBytes"), json.number("totalBytes")));
    }

    /** Whether it was cut off: its owner said so, or has been silent for longer than its lease lasts. */
    public boolean isDead(Instant now) {
        return state != State.RUNNING || heartbeat.plus(term).isBefore(now);
    }
}
