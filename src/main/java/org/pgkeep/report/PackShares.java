package org.pgkeep.report;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.PackNumbers;

/**
 * Which backups keep which packs, in a few bytes for each reference: what a backup shares with others, and what would be freed with
 * it. Labels are numbered as they appear.
 */
final class PackShares {
    private static final int NOBODY = -1;
    private static final int MANY = -2;
    private static final int[] NONE = new int[0];
    private static final long[] NO_LENGTHS = new long[0];

    private final Map<Label, Integer> numbers = new ConcurrentHashMap<>();
    private final AtomicInteger next = new AtomicInteger();
    private final Map<Integer, long[]> lengths = new HashMap<>();
    private final Map<Integer, int[]> keepers = new HashMap<>();

    /** What one backup keeps. */
    record Uses(int number, List<Long> packBytes, long manifestBytes, Ranges ranges) {}

    /**
     * Ranges of packs, three numbers each: an object for each reference would not fit into a short command's memory. Takes those of one
     * owner after another; a lambda for each would cost more than the ranges.
     */
    static final class Ranges implements PackNumbers.RangeAction {
        private int[] numbers;
        private int length;
        private int owner;

        private Ranges(int expected) {
            numbers = new int[3 * expected];
        }

        /** Whose the next ranges are. */
        private Ranges of(int number) {
            owner = number;
            return this;
        }

        @Override
        public void accept(int first, int last) {
            if (length + 3 > numbers.length) {
                numbers = Arrays.copyOf(numbers, 2 * numbers.length);
            }
            numbers[length++] = owner;
            numbers[length++] = first;
            numbers[length++] = last;
        }

        private void forEachPack(PackAction action) {
            for (int i = 0; i < length; i += 3) {
                for (int pack = numbers[i + 1]; pack <= numbers[i + 2]; pack++) {
                    action.accept(numbers[i], pack - 1);
                }
            }
        }
    }

    /** What is done with a pack: the number of its owner's label, and its own, from 0. */
    private interface PackAction {
        void accept(int owner, int index);
    }

    /** What a record says; called by several threads. */
    Uses uses(BackupRecord backup) {
        int number = number(backup.label());
        List<Long> packBytes = backup.sizes().packBytes();
        Ranges ranges = new Ranges(1 + backup.references().size());
        if (!packBytes.isEmpty()) {
            ranges.of(number).accept(1, packBytes.size());
        }
        for (BackupRecord.Reference reference : backup.references()) {
            reference.packs().forEachRange(ranges.of(number(reference.label())));
        }
        return new Uses(number, packBytes, backup.manifest().storedBytes(), ranges);
    }

    private int number(Label label) {
        Integer known = numbers.get(label);
        return known != null ? known : numbers.computeIfAbsent(label, _ -> next.getAndIncrement());
    }

    /**
     * Counts, once all backups are known.
     *
     * @param unreadable backups that keep nobody knows what, at least their own packs
     * @param lookUp gives the lengths of the packs of these that are there, from number 1
     */
    void count(Collection<Uses> all, Set<Label> unreadable, Function<List<Label>, Map<Label, List<Long>>> lookUp) {
        all.forEach(uses -> learn(uses.number, uses.packBytes));
        List<Label> unknown = numbers.keySet().stream()
                .filter(label -> !lengths.containsKey(number(label)))
                .sorted()
                .toList();
        lookUp.apply(unknown).forEach((label, found) -> learn(number(label), found));
        unreadable.stream()
                .filter(numbers::containsKey)
                .forEach(label -> Arrays.fill(keepers.getOrDefault(number(label), NONE), MANY));
        all.forEach(this::keep);
    }

    private void learn(int owner, List<Long> packBytes) {
        lengths.put(owner, packBytes.stream().mapToLong(Long::longValue).toArray());
        int[] nobody = new int[packBytes.size()];
        Arrays.fill(nobody, NOBODY);
        keepers.put(owner, nobody);
    }

    private void keep(Uses uses) {
        uses.ranges.forEachPack((owner, index) -> {
            int[] of = keepers.getOrDefault(owner, NONE);
            if (index < of.length) {
                of[index] = of[index] == NOBODY ? uses.number : MANY;
            }
        });
    }

    /** What a backup keeps of others, and what nobody else keeps. */
    BackupEntry.Shares of(Uses uses) {
        Sums sums = new Sums();
        sums.unique = uses.manifestBytes;
        uses.ranges.forEachPack((owner, index) -> {
            int[] of = keepers.getOrDefault(owner, NONE);
            if (index < of.length) {
                long bytes = lengths.getOrDefault(owner, NO_LENGTHS)[index];
                sums.shared += owner == uses.number ? 0 : bytes;
                sums.unique += of[index] == uses.number ? bytes : 0;
            }
        });
        return new BackupEntry.Shares(sums.shared, sums.unique);
    }

    /**
     * The first pack that a backup keeps of one that is no backup any more, and that is not there. Of those that are backups themselves it is
     * not asked: verify looks at each pack, this must not.
     */
    Optional<String> missing(Uses uses) {
        Missing missing = new Missing();
        uses.ranges.forEachPack((owner, index) -> {
            long[] bytes = lengths.getOrDefault(owner, NO_LENGTHS);
            if (!missing.isFound && (index >= bytes.length || bytes[index] == 0)) {
                missing.isFound = true;
                missing.owner = owner;
                missing.pack = index + 1;
            }
        });
        return missing.isFound
                ? Optional.of("pack " + missing.pack + " of " + label(missing.owner) + ", which it needs, is missing")
                : Optional.empty();
    }

    private Label label(int number) {
        return numbers.entrySet().stream()
                .filter(entry -> entry.getValue() == number)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    private static final class Missing {
        private boolean isFound;
        private int owner;
        private int pack;
    }

    private static final class Sums {
        private long shared;
        private long unique;
    }

    /** What all packs take that somebody keeps. */
    long keptBytes() {
        long sum = 0;
        for (Map.Entry<Integer, int[]> owner : keepers.entrySet()) {
            long[] bytes = lengths.getOrDefault(owner.getKey(), NO_LENGTHS);
            for (int i = 0; i < bytes.length; i++) {
                sum += owner.getValue()[i] == NOBODY ? 0 : bytes[i];
            }
        }
        return sum;
    }
}
