package org.pgkeep.report;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.Label;

/**
 * Which backups keep which packs, in a few bytes for each reference: what a backup shares with others, and what would be freed with
 * it. Labels are numbered as they appear.
 */
final class PackShares {
    private static final int NOBODY = -1;
    private static final int MANY = -2;
    private static final int[] NONE = new int[0];
    private static final long[] NO_LENGTHS = new long[0];

    private final Map<Label, Integer> numbers = new HashMap<>();
    private final PackRanges.Maker ranges = new PackRanges.Maker(this::number);
    // By the numbers of labels.
    private long[][] lengths = {};
    private int[][] keepers = {};

    /** What one backup keeps. */
    record Uses(int number, List<Long> packBytes, long manifestBytes, PackRanges ranges) {}

    /** What a record says; called by several threads. */
    synchronized Uses uses(BackupRecord backup) {
        return new Uses(
                number(backup.label()),
                backup.sizes().packBytes(),
                backup.manifest().storedBytes(),
                ranges.of(backup));
    }

    private int number(Label label) {
        Integer known = numbers.get(label);
        if (known != null) {
            return known;
        }
        int next = numbers.size();
        numbers.put(label, next);
        return next;
    }

    /**
     * Counts, once all backups are known.
     *
     * @param unreadable backups that keep nobody knows what, at least their own packs
     * @param lookUp gives the lengths of the packs of these that are there, from number 1
     */
    void count(Collection<Uses> all, Set<Label> unreadable, Function<List<Label>, Map<Label, List<Long>>> lookUp) {
        lengths = new long[numbers.size()][];
        keepers = new int[numbers.size()][];
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
        PackRanges ranges = uses.ranges;
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
        PackRanges ranges = uses.ranges;
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
        PackRanges ranges = uses.ranges;
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
