package org.pgkeep.repository;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The name of a backup: UTC start time to the second, then its type: {@code 20261121-203000F}. Unique in a cluster, ordered by
 * time.
 */
public record Label(String value) implements Comparable<Label> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss", Locale.ROOT);

    /** The label of a backup that starts at this second. */
    public static Label of(Instant start, BackupType type) {
        return new Label(TIME.format(LocalDateTime.ofInstant(start, ZoneOffset.UTC)) + type.letter());
    }

    /**
     * The label in this text; empty when it is none. By hand, as {@link #equals} and {@link #hashCode} are: a listing reads a million
     * labels.
     */
    public static Optional<Label> parse(String text) {
        boolean shaped = text.length() == 16
                && text.charAt(8) == '-'
                && BackupType.ofLetter(text.charAt(15)).isPresent()
                && areDigits(text, 0, 8)
                && areDigits(text, 9, 15);
        return shaped && isMoment(text) ? Optional.of(new Label(text)) : Optional.empty();
    }

    private static boolean areDigits(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static boolean isMoment(String text) {
        int month = two(text, 4);
        int day = two(text, 6);
        boolean date = month >= 1 && month <= 12 && day >= 1 && (day <= 28 || day <= days(text, month));
        return date && two(text, 9) <= 23 && two(text, 11) <= 59 && two(text, 13) <= 59;
    }

    private static int days(String text, int month) {
        return YearMonth.of(100 * two(text, 0) + two(text, 2), month).lengthOfMonth();
    }

    private static int two(String text, int at) {
        return 10 * (text.charAt(at) - '0') + text.charAt(at + 1) - '0';
    }

    /** When the backup started, to the second. */
    public Instant start() {
        return LocalDateTime.parse(value.substring(0, 15), TIME).toInstant(ZoneOffset.UTC);
    }

    /** The backup's type. */
    public BackupType type() {
        return BackupType.ofLetter(value.charAt(15)).orElseThrow();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Label label && value.equals(label.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public int compareTo(Label other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
