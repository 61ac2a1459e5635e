package org.pgkeep.repository;

import java.time.DateTimeException;
import java.time.Instant;

/**
 * Times in records, as {@link Instant#toString} prints them: {@code 2026-11-21T20:30:00.123Z}. {@code Instant.parse} would first
 * prepare every format that Java knows, which takes longer than all else that {@code archive-push} does with a record.
 */
final class InstantText {
    /** Digits stand where a 0 is; a fraction of at most nine may stand before the Z. */
    private static final String SHAPE = "0000-00-00T00:00:00";

    private static final int FRACTION_DIGITS_MAX = 9;

    private final String text;

    private InstantText(String text) {
        this.text = text;
    }

    /**
     * The time that a text names.
     *
     * @throws DateTimeException when it names none
     */
    static Instant parse(String text) {
        return new InstantText(text).instant();
    }

    private Instant instant() {
        requireShape();
        int year = number(0, 4);
        int month = number(5, 7);
        int day = number(8, 10);
        int hour = number(11, 13);
        int minute = number(14, 16);
        int second = number(17, 19);
        long days = firstDay(year, month) + day - 1;
        if (year < 1 || month < 1 || month > 12 || day < 1 || days >= firstDay(year, month + 1)) {
            throw none();
        }
        if (hour > 23 || minute > 59 || second > 59) {
            throw none();
        }
        return Instant.ofEpochSecond(((days * 24 + hour) * 60 + minute) * 60 + second, nanos());
    }

    /** Days from 1970-01-01 to the first of a month, of which 13 is the next year's first. Not by LocalDate, which prepares formats. */
    private static long firstDay(int year, int month) {
        // A year that begins in March has its leap day at its end.
        int months = year * 12 + month - 3;
        int y = months / 12;
        return 365L * y + y / 4 - y / 100 + y / 400 + (months % 12 * 306 + 5) / 10 - 719_468;
    }

    private void requireShape() {
        if (text.length() <= SHAPE.length() || !text.endsWith("Z")) {
            throw none();
        }
        for (int i = 0; i < SHAPE.length(); i++) {
            if (SHAPE.charAt(i) != '0' && SHAPE.charAt(i) != text.charAt(i)) {
                throw none();
            }
        }
    }

    private int number(int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw none();
            }
            number = number * 10 + digit;
        }
        return number;
    }

    private int nanos() {
        int from = SHAPE.length();
        int to = text.length() - 1;
        if (from == to) {
            return 0;
        }
        int digits = to - from - 1;
        if (text.charAt(from) != '.' || digits < 1 || digits > FRACTION_DIGITS_MAX) {
            throw none();
        }
        int nanos = number(from + 1, to);
        for (int i = digits; i < FRACTION_DIGITS_MAX; i++) {
            nanos *= 10;
        }
        return nanos;
    }

    private DateTimeException none() {
        return new DateTimeException("no time: " + text);
    }
}
