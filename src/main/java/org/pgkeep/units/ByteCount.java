package org.pgkeep.units;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * A number of bytes, 0 to 2^63-1. Every unit is a power of 1024, as in PostgreSQL's settings, however it is spelt: {@code k}, {@code kB},
 * {@code KB} and {@code KiB} are the same. Printed with the unambiguous {@code KiB}, {@code MiB}, ….
 */
public record ByteCount(long bytes) implements Comparable<ByteCount> {
    private static final String UNITS = "KMGTPE";
    private static final Pattern TEXT = Pattern.compile("(\\d{1,19}(?:\\.\\d{1,9})?)\\s*(?:([kmgtpe])(?:i?b)?|b)?");

    public ByteCount {
        if (bytes < 0) {
            throw new PgkeepException(ErrorCode.BUG, "byte count of " + bytes);
        }
    }

    /**
     * Reads a number, with at most nine decimals, and a unit: {@code B} (also if missing), {@code K} to {@code E} alone or followed by
     * {@code B} or {@code iB}; upper or lower case, space allowed between. {@code 1.5 GB} is 1,610,612,736; parts of a byte are
     * dropped.
     *
     * @throws PgkeepException {@code USAGE} when it is not that, or too large
     */
    public static ByteCount parse(String text) {
        Matcher parts = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!parts.matches()) {
            throw notASize(text);
        }
        int power =
                parts.group(2) == null ? 0 : 1 + UNITS.toLowerCase(Locale.ROOT).indexOf(parts.group(2));
        boolean isSmall = parts.group(1).length() <= 9 && parts.group(1).indexOf('.') < 0 && power < 3;
        if (isSmall) {
            // The usual case, without BigDecimal's long way to get ready.
            return new ByteCount(Long.parseLong(parts.group(1)) << (10 * power));
        }
        BigDecimal bytes = new BigDecimal(parts.group(1)).multiply(BigDecimal.valueOf(1L << (10 * power)));
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw notASize(text);
        }
        return new ByteCount(bytes.longValue());
    }

    private static PgkeepException notASize(String text) {
        return new PgkeepException(
                ErrorCode.USAGE,
                "'" + text + "' is not a size",
                "A size is a number and a unit, such as 512kB, 16MiB or 1.5 GB; units are powers of 1024.");
    }

    /** Prints a number of bytes; as {@link #toString} of its count. */
    public static String print(long bytes) {
        return new ByteCount(bytes).toString();
    }

    /** Whole for a whole number of the largest unit that fits ({@code 16 MiB}), else with one decimal, rounded ({@code 1.2 GiB}). */
    @Override
    public String toString() {
        if (bytes < 1024) {
            return bytes + " B";
        }
        int power = (63 - Long.numberOfLeadingZeros(bytes)) / 10;
        long unit = 1L << (10 * power);
        if (bytes % unit == 0) {
            return bytes / unit + " " + name(power);
        }
        // Not by BigDecimal, which takes the time of a whole start to get ready. Fits as an unsigned number.
        long tenths = bytes / unit * 10 + Long.divideUnsigned(bytes % unit * 10 + unit / 2, unit);
        // 1023.96 KiB rounds to 1024.0 KiB, which reads 1.0 MiB.
        return tenths == 10_240 ? "1.0 " + name(power + 1) : tenths / 10 + "." + tenths % 10 + " " + name(power);
    }

    private static String name(int power) {
        return UNITS.charAt(power - 1) + "iB";
    }

    @Override
    public int compareTo(ByteCount other) {
        return Long.compare(bytes, other.bytes);
    }
}
