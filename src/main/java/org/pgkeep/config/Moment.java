package org.pgkeep.config;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * Reads a time as PostgreSQL prints and people write it: {@code 2026-11-21 20:30:00.123456+01}, the offset {@code Z},
 * {@code ±HH}, {@code ±HHMM} or {@code ±HH:MM}, the separator a space or {@code T}, seconds and time of day optional. Without
 * an offset it is a time in this machine's zone.
 */
final class Moment {
    private Moment() {}

    static Optional<OffsetDateTime> parse(String text, ZoneId zone) {
        try {
            return Optional.of(read(text.strip(), zone));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static OffsetDateTime read(String text, ZoneId zone) {
        if (text.length() < 10) {
            throw new DateTimeException(text);
        }
        LocalDate date = LocalDate.parse(text.substring(0, 10));
        if (text.length() == 10) {
            return date.atStartOfDay(zone).toOffsetDateTime();
        }
        if (text.charAt(10) != ' ' && text.charAt(10) != 'T') {
            throw new DateTimeException(text);
        }
        String rest = text.substring(11);
        int end = endOfTime(rest);
        LocalDateTime local = LocalDateTime.of(date, LocalTime.parse(rest.substring(0, end)));
        String offset = rest.substring(end).strip();
        return offset.isEmpty() ? local.atZone(zone).toOffsetDateTime() : local.atOffset(offset(offset));
    }

    private static int endOfTime(String text) {
        int end = 0;
        while (end < text.length() && "0123456789:.".indexOf(text.charAt(end)) >= 0) {
            end++;
        }
        return end;
    }

    private static ZoneOffset offset(String text) {
        return ZoneOffset.of(text.equals("UTC") || text.equals("z") ? "Z" : text);
    }
}
