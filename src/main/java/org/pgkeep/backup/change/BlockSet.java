package org.pgkeep.backup.change;

import java.util.Arrays;

/**
 * Blocks of a file, by groups of 128: which are to be read. Grows in order of groups; a group that is not there has none.
 * Not thread-safe while it grows.
 */
public final class BlockSet {
    /** Blocks of a group. */
    public static final int GROUP = 128;

    private int[] groups = new int[4];
    private long[] bits = new long[8];
    private int count;

    /** How many groups have blocks. */
    public int groups() {
        return count;
    }

    /** The number of the i-th group that has blocks. */
    public int group(int i) {
        return groups[i];
    }

    /** Blocks 0 to 63 of the i-th group: the lowest bit is the first. */
    public long low(int i) {
        return bits[2 * i];
    }

    /** Blocks 64 to 127 of the i-th group. */
    public long high(int i) {
        return bits[2 * i + 1];
    }

    /** Adds blocks of a group: the last one's, or one after it. */
    public void add(int group, long low, long high) {
        if ((low | high) == 0) {
            return;
        }
        if (count > 0 && groups[count - 1] == group) {
            bits[2 * count - 2] |= low;
            bits[2 * count - 1] |= high;
            return;
        }
        if (count > 0 && groups[count - 1] > group) {
            throw new IllegalArgumentException("group " + group + " after " + groups[count - 1]);
        }
        if (count == groups.length) {
            groups = Arrays.copyOf(groups, 2 * count);
            bits = Arrays.copyOf(bits, 4 * count);
        }
        groups[count] = group;
        bits[2 * count] = low;
        bits[2 * count + 1] = high;
        count++;
    }

    /** The i-th group with blocks at or after this group. */
    public int from(int group) {
        int found = Arrays.binarySearch(groups, 0, count, group);
        return found < 0 ? -found - 1 : found;
    }

    /** How many blocks there are. */
    public long blocks() {
        long blocks = 0;
        for (int i = 0; i < 2 * count; i++) {
            blocks += Long.bitCount(bits[i]);
        }
        return blocks;
    }

    /** A set with these and the blocks from {@code first} to before {@code end}. */
    public BlockSet with(long first, long end) {
        if (first >= end) {
            return this;
        }
        BlockSet all = new BlockSet();
        int firstGroup = Math.toIntExact(first / GROUP);
        int lastGroup = Math.toIntExact((end - 1) / GROUP);
        int i = 0;
        for (; i < count && groups[i] < firstGroup; i++) {
            all.add(groups[i], low(i), high(i));
        }
        for (int group = firstGroup; group <= lastGroup; group++) {
            long begin = (long) group * GROUP;
            all.add(group, bits(first - begin, end - begin), bits(first - begin - 64, end - begin - 64));
            if (i < count && groups[i] == group) {
                all.add(group, low(i), high(i));
                i++;
            }
        }
        for (; i < count; i++) {
            all.add(groups[i], low(i), high(i));
        }
        return all;
    }

    /** The set without blocks at or after {@code end}. */
    public BlockSet before(long end) {
        BlockSet some = new BlockSet();
        for (int i = 0; i < count && (long) groups[i] * GROUP < end; i++) {
            long room = end - (long) groups[i] * GROUP;
            some.add(groups[i], low(i) & bits(0, room), high(i) & bits(0, room - 64));
        }
        return some;
    }

    /** Bits from {@code first} to before {@code end}, as far as they are in a word. */
    public static long bits(long first, long end) {
        long from = Math.max(first, 0);
        long to = Math.min(end, Long.SIZE);
        if (from >= to) {
            return 0;
        }
        return -1L >>> (Long.SIZE - (to - from)) << from;
    }
}
