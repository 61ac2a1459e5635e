package org.pgkeep.expire;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** A stretch of the calendar of which one backup stays. */
public enum Period {
    /** From midnight to midnight. */
    DAY,
    /** A week of ISO 8601: from Monday; the first of a year is the one with its first Thursday. */
    WEEK,
    /** A month. */
    MONTH,
    /** A year. */
    YEAR;

    /** As people say it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The period that this moment is in: {@code 2026-11-21}, {@code 2026-W47}, {@code 2026-11}, {@code 2026}. */
    String of(Instant moment, ZoneId zone) {
        ZonedDateTime time = moment.atZone(zone);
        return switch (this) {
            case DAY -> time.toLocalDate().toString();
            case WEEK ->
                "%04d-W%02d"
                        .formatted(time.get(IsoFields.WEEK_BASED_YEAR), time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case MONTH -> "%04d-%02d".formatted(time.getYear(), time.getMonthValue());
            case YEAR -> "%04d".formatted(time.getYear());
        };
    }
}
