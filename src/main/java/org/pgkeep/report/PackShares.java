package org.pgkeep.report;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
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
    // By the numbers of labels.
    private long[][] lengths = {};
    private int[][] keepers = {};

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

        private int count() {
            return length / 3;
        }

        private int owner(int range) {
            return numbers[3 * range];
        }

        /** The index of its first pack, from 0. */
        private int from(int range) {
            return numbers[3 * range + 1] - 1;
        }

        /** The index behind its last pack. */
        private int to(int range) {
            return numbers[3 * range + 2];
        }
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
        lengths = new long[next.get()][];
        keepers = new int[next.get()][];
        Arrays.fill(lengths, NO_LENGTHS);
        Arrays.fill(keepers, NONE);
        Set<Integer> known = new HashSet<>();
        for (Uses uses : all) {
            known.add(uses.number);
            learn(uses.number, uses.packBytes);
        }
        List<Label> unknown = numbers.keySet().stream()
                .filter(label -> !known.contains(number(label)))
                .sorted()
                .toList();
        lookUp.apply(unknown).forEach((label, found) -> learn(number(label), found));
        unreadable.stream().filter(numbers::containsKey).forEach(label -> Arrays.fill(keepers[number(label)], MANY));
        all.forEach(this::keep);
    }

    private void learn(int owner, List<Long> packBytes) {
        lengths[owner] = packBytes.stream().mapToLong(Long::longValue).toArray();
        keepers[owner] = new int[packBytes.size()];
        Arrays.fill(keepers[owner], NOBODY);
    }

    private void keep(Uses uses) {
        Ranges ranges = uses.ranges;
        for (int range = 0; range < ranges.count(); range++) {
            int[] of = keepers[ranges.owner(range)];
            int to = Math.min(ranges.to(range), of.length);
            for (int pack = ranges.from(range); pack < to; pack++) {
                of[pack] = of[pack] == NOBODY ? uses.number : MANY;
            }
        }
    }

    /** What a backup keeps of others, and what nobody else keeps. */
    BackupEntry.Shares of(Uses uses) {
        Ranges ranges = uses.ranges;
        long shared = 0;
        long unique = uses.manifestBytes;
        for (int range = 0; range < ranges.count(); range++) {
            int owner = ranges.owner(range);
            int[] of = keepers[owner];
            int to = Math.min(ranges.to(range), of.length);
            for (int pack = ranges.from(range); pack < to; pack++) {
                long bytes = lengths[owner][pack];
                shared += owner == uses.number ? 0 : bytes;
                unique += of[pack] == uses.number ? bytes : 0;
            }
        }
        return new BackupEntry.Shares(shared, unique);
    }

    /**
     * The first pack that a backup keeps of one that is no backup any more, and that is not there. Of those that are backups themselves it is
     * not asked: verify looks at each pack, this must not.
     */
    Optional<String> missing(Uses uses) {
        Ranges ranges = uses.ranges;
        for (int range = 0; range < ranges.count(); range++) {
            long[] bytes = lengths[ranges.owner(range)];
            for (int pack = ranges.from(range); pack < ranges.to(range); pack++) {
                if (pack >= bytes.length || bytes[pack] == 0) {
                    return Optional.of("pack " + (pack + 1) + " of " + label(ranges.owner(range))
                            + ", which it needs, is missing");
                }
            }
        }
        return Optional.empty();
    }

    private Label label(int number) {
        return numbers.entrySet().stream()
                .filter(entry -> entry.getValue() == number)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    /** What all packs take that somebody keeps. */
    long keptBytes() {
        long sum = 0;
        for (int owner = 0; owner < keepers.length; owner++) {
            for (int pack = 0; pack < keepers[owner].length; pack++) {
                sum += keepers[owner][pack] == NOBODY ? 0 : lengths[owner][pack];
            }
        }
        return sum;
    }
}
