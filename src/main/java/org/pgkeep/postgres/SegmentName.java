package org.pgkeep.postgres;

import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The name of a WAL segment file: timeline, then the segment's number in two halves, 24 upper-case hexadecimal digits
 * ({@code access/xlog_internal.h}, {@code XLogFileName}). Ordered as PostgreSQL writes them within a timeline.
 *
 * @param timeline timeline id, 1 to 2^32-1 as unsigned
 * @param high the upper 32 bits of the LSN
 * @param low the segment's number within those 4 GiB
 */
public record SegmentName(int timeline, int high, int low) implements Comparable<SegmentName> {
    private static final int HASH_FACTOR = 31;

    /** A formatter would cost a short command its classes, and a list of a million names seconds. */
    private static final HexFormat DIGITS = HexFormat.of().withUpperCase();

    /** As a record's own; that one is woven at run time, for which every command would wait. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SegmentName name && timeline == name.timeline && high == name.high && low == name.low;
    }

    @Override
    public int hashCode() {
        return (timeline * HASH_FACTOR + high) * HASH_FACTOR + low;
    }

    /** The name in this text; empty when it is not exactly a segment's name. */
    public static Optional<SegmentName> parse(String text) {
        if (!areDigits(text, 24)) {
            return Optional.empty();
        }
        return Optional.of(new SegmentName(
                Integer.parseUnsignedInt(text, 0, 8, 16),
                Integer.parseUnsignedInt(text, 8, 16, 16),
                Integer.parseUnsignedInt(text, 16, 24, 16)));
    }

    /** Whether the text is this many upper-case hexadecimal digits. Not by a pattern: {@code archive-push} would pay for it. */
    static boolean areDigits(String text, int count) {
        boolean digits = text.length() == count;
        for (int i = 0; digits && i < count; i++) {
            digits = "0123456789ABCDEF".indexOf(text.charAt(i)) >= 0;
        }
        return digits;
    }

    /** The segment that holds the byte at this LSN. */
    public static SegmentName holding(int timeline, Lsn lsn, int segmentBytes) {
        long within = (lsn.value() & 0xFFFF_FFFFL) / segmentBytes;
        return new SegmentName(timeline, (int) (lsn.value() >>> 32), (int) within);
    }

    /**
     * The segment that holds the last byte before this LSN: what an LSN that ends a range needs ({@code XLByteToPrevSeg}).
     */
    public static SegmentName holdingBefore(int timeline, Lsn lsn, int segmentBytes) {
        return holding(timeline, lsn.plus(-1), segmentBytes);
    }

    /** The LSN of the segment's first byte. */
    public Lsn start(int segmentBytes) {
        return new Lsn((long) high << 32 | Integer.toUnsignedLong(low) * segmentBytes);
    }

    /** The following segment of the same timeline. */
    public SegmentName next(int segmentBytes) {
        return holding(timeline, start(segmentBytes).plus(segmentBytes), segmentBytes);
    }

    /** The preceding segment of the same timeline; this must not be the first of all. */
    public SegmentName previous(int segmentBytes) {
        return holdingBefore(timeline, start(segmentBytes), segmentBytes);
    }

    /** The same place on another timeline. */
    public SegmentName onTimeline(int other) {
        return new SegmentName(other, high, low);
    }

    /** The first 16 digits: the folder that holds it in a repository. */
    public String folder() {
        return toString().substring(0, 16);
    }

    @Override
    public int compareTo(SegmentName other) {
        int byTimeline = Integer.compareUnsigned(timeline, other.timeline);
        if (byTimeline != 0) {
            return byTimeline;
        }
        int byHigh = Integer.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Integer.compareUnsigned(low, other.low);
    }

    @Override
    public String toString() {
        return DIGITS.toHexDigits(timeline) + DIGITS.toHexDigits(high) + DIGITS.toHexDigits(low);
    }
}
