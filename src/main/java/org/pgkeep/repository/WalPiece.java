package org.pgkeep.repository;

import java.util.Comparator;
import java.util.Optional;
import org.pgkeep.postgres.SegmentName;

/**
 * A part of a segment that was streamed before the segment was complete ({@code docs/formats/wal.md}).
 *
 * <pre>
 * &lt;24 hex&gt;.streamed.&lt;from, 8 hex&gt;.&lt;to, 8 hex&gt;
 * </pre>
 *
 * @param segment which it is of
 * @param from offset of its first byte in the segment
 * @param to offset behind its last byte, at most the segment's size, which is at most 1 GiB
 */
public record WalPiece(SegmentName segment, int from, int to) {
    static final String MARK = ".streamed.";

    /** The order in which they follow on one another; of those that begin at one place, the longest first. */
    static final Comparator<WalPiece> IN_ORDER = Comparator.comparing(WalPiece::segment)
            .thenComparingInt(WalPiece::from)
            .thenComparing(Comparator.comparingInt(WalPiece::to).reversed());

    private static final int SEGMENT_DIGITS = 24;
    private static final int OFFSET_DIGITS = 8;
    private static final int FROM_AT = SEGMENT_DIGITS + MARK.length();
    private static final int TO_AT = FROM_AT + OFFSET_DIGITS + 1;

    /** The piece that a file of the archive is; empty when it is none. */
    static Optional<WalPiece> parse(String file) {
        boolean formed = file.length() == TO_AT + OFFSET_DIGITS
                && file.startsWith(MARK, SEGMENT_DIGITS)
                && file.charAt(TO_AT - 1) == '.';
        if (!formed) {
            return Optional.empty();
        }
        int from = offset(file, FROM_AT);
        int to = offset(file, TO_AT);
        return from < 0 || to <= from
                ? Optional.empty()
                : SegmentName.parse(file.substring(0, SEGMENT_DIGITS)).map(segment -> new WalPiece(segment, from, to));
    }

    /** -1 for what is no offset. */
    private static int offset(String text, int at) {
        int value = 0;
        for (int i = at; i < at + OFFSET_DIGITS; i++) {
            int digit = "0123456789ABCDEF".indexOf(text.charAt(i));
            if (digit < 0 || value > Integer.MAX_VALUE >> 4) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    /** The name of the file, as the archive knows it. */
    @Override
    public String toString() {
        return "%s%s%08X.%08X".formatted(segment, MARK, from, to);
    }
}
