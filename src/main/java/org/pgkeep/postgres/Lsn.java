package org.pgkeep.postgres;

import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * A position in the WAL: 64 bits, unsigned, printed as PostgreSQL does ({@code 16/B374D848}, type {@code pg_lsn},
 * {@code access/xlogdefs.h}).
 */
public record Lsn(long value) implements Comparable<Lsn> {
    /** {@code InvalidXLogRecPtr}. */
    public static final Lsn INVALID = new Lsn(0);

    /** As a record's own; that one is woven at run time, for which every archive-push would pay. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Lsn lsn && value == lsn.value;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(value);
    }

    /**
     * Reads {@code X/X}, each half 1 to 8 hexadecimal digits.
     *
     * @throws PgkeepException {@code USAGE} when it is not an LSN
     */
    public static Lsn parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 1 || slash > 8 || text.length() - slash - 1 < 1 || text.length() - slash - 1 > 8) {
            throw notAnLsn(text);
        }
        try {
            long high = Long.parseLong(text, 0, slash, 16);
            long low = Long.parseLong(text, slash + 1, text.length(), 16);
            return new Lsn(high << 32 | low);
        } catch (NumberFormatException e) {
            throw notAnLsn(text).causedBy(e);
        }
    }

    private static PgkeepException notAnLsn(String text) {
        return new PgkeepException(ErrorCode.USAGE, "'" + text + "' is not an LSN", "An LSN looks like 16/B374D848.");
    }

    /** The LSN this many bytes further. */
    public Lsn plus(long bytes) {
        return new Lsn(value + bytes);
    }

    /**
     * The LSN at which the WAL segment begins that holds the byte here.
     *
     * @param segmentBytes size of a segment, a power of two
     */
    public Lsn startOfSegment(int segmentBytes) {
        return new Lsn(value & -(long) segmentBytes);
    }

    /** Bytes from another LSN to this one. */
    public long minus(Lsn other) {
        return value - other.value;
    }

    /** Whether this is {@link #INVALID}. */
    public boolean isInvalid() {
        return value == 0;
    }

    /** Whether this lies before the other. */
    public boolean isBefore(Lsn other) {
        return compareTo(other) < 0;
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return "%X/%X".formatted(value >>> 32, value & 0xFFFF_FFFFL);
    }
}
