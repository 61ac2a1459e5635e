package org.pgkeep.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.repository.WalFolder;

/** The archived segments of one timeline that are not known to be damaged, as unbroken runs. A segment's number is its LSN divided by the size of segments. */
final class SegmentRuns {
    private final int timeline;
    private final int segmentBytes;
    private long[] firsts = new long[4];
    private long[] ends = new long[4];
    private int runs;
    private long count;

    SegmentRuns(int timeline, int segmentBytes) {
        this.timeline = timeline;
        this.segmentBytes = segmentBytes;
    }

    /** Adds a folder of this timeline; folders come in order. */
    void add(WalFolder folder) {
        int perFolder = (int) ((1L << 32) / segmentBytes);
        long base = Integer.toUnsignedLong(folder.high()) * perFolder;
        for (int first = folder.nextSound(0); first >= 0 && first < perFolder; ) {
            int end = Math.min(folder.nextUnsound(first), perFolder);
            add(base + first, base + end);
            first = folder.nextSound(end);
        }
    }

    private void add(long first, long end) {
        count += end - first;
        if (runs > 0 && ends[runs - 1] == first) {
            ends[runs - 1] = end;
            return;
        }
        if (runs == firsts.length) {
            firsts = Arrays.copyOf(firsts, 2 * runs);
            ends = Arrays.copyOf(ends, 2 * runs);
        }
        firsts[runs] = first;
        ends[runs] = end;
        runs++;
    }

    boolean isEmpty() {
        return runs == 0;
    }

    /** How many segments there are. */
    long count() {
        return count;
    }

    /** The first segment; this must not be empty. */
    SegmentName first() {
        return segment(firsts[0]);
    }

    /** The last segment; this must not be empty. */
    SegmentName last() {
        return segment(ends[runs - 1] - 1);
    }

    /** How many runs of segments are missing between the first and the last. */
    int gapCount() {
        return Math.max(0, runs - 1);
    }

    /** What is missing between the first and the last, in order, at most so much. */
    List<WalRange.Gap> gaps(int most) {
        List<WalRange.Gap> gaps = new ArrayList<>();
        for (int i = 1; i < runs && gaps.size() < most; i++) {
            gaps.add(new WalRange.Gap(segment(ends[i - 1]), segment(firsts[i] - 1), firsts[i] - ends[i - 1]));
        }
        return gaps;
    }

    /** The number behind the run in which this one is; empty when it is in none. */
    OptionalLong endOfRun(long number) {
        int at = runBefore(number);
        return at >= 0 && number < ends[at] ? OptionalLong.of(ends[at]) : OptionalLong.empty();
    }

    /** The first number at or after this one that is there. */
    OptionalLong nextThere(long number) {
        int at = runBefore(number);
        if (at >= 0 && number < ends[at]) {
            return OptionalLong.of(number);
        }
        return at + 1 < runs ? OptionalLong.of(firsts[at + 1]) : OptionalLong.empty();
    }

    /** The last run that begins at or before this number; -1 when there is none. */
    private int runBefore(long number) {
        int at = Arrays.binarySearch(firsts, 0, runs, number);
        return at >= 0 ? at : -at - 2;
    }

    private SegmentName segment(long number) {
        return SegmentName.holding(timeline, new Lsn(number * segmentBytes), segmentBytes);
    }
}
