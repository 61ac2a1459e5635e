package org.pgkeep.units;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** Spans of time as people write and read them. A day is 24 hours. */
public final class Durations {
    private static final Pattern PART = Pattern.compile("\\s*(\\d{1,9})\\s*(ms|s|min|m|h|d|w)");

    private Durations() {}

    /**
     * Reads whole numbers with units, largest first, each once, spaces allowed: {@code 30s}, {@code 1h 30min}, {@code 7d}. Units:
     * {@code w}, {@code d}, {@code h}, {@code min} or {@code m} (minutes), {@code s}, {@code ms}. ISO 8601 is read, too
     * ({@code PT5M}, {@code P7D}). Never negative; a number without a unit is refused, since programs differ in what they take it for.
     *
     * @throws PgkeepException {@code USAGE} when it is not that
     */
    public static Duration parse(String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        return lower.startsWith("p") ? parseIso(text, lower) : parseParts(text, lower);
    }

    private static Duration parseIso(String text, String lower) {
        try {
            Duration duration = Duration.parse(lower);
            if (duration.isNegative()) {
                throw notADuration(text);
            }
            return duration;
        } catch (DateTimeException e) {
            throw notADuration(text).causedBy(e);
        }
    }

    private static Duration parseParts(String text, String lower) {
        Matcher part = PART.matcher(lower);
        Duration sum = Duration.ZERO;
        Duration unitBefore = Duration.ofDays(8);
        int end = 0;
        while (end < lower.length()) {
            if (!part.find(end) || part.start() != end) {
                throw notADuration(text);
            }
            Duration unit = unit(part.group(2));
            if (unit.compareTo(unitBefore) >= 0) {
                throw notADuration(text);
            }
            sum = sum.plus(unit.multipliedBy(Long.parseLong(part.group(1))));
            unitBefore = unit;
            end = part.end();
        }
        if (end == 0) {
            throw notADuration(text);
        }
        return sum;
    }

    private static Duration unit(String name) {
        return switch (name) {
            case "ms" -> Duration.ofMillis(1);
            case "s" -> Duration.ofSeconds(1);
            case "m", "min" -> Duration.ofMinutes(1);
            case "h" -> Duration.ofHours(1);
            case "d" -> Duration.ofDays(1);
            case "w" -> Duration.ofDays(7);
            default -> throw new PgkeepException(ErrorCode.BUG, "unit " + name);
        };
    }

    private static PgkeepException notADuration(String text) {
        return new PgkeepException(
                ErrorCode.USAGE,
                "'" + text + "' is not a duration",
                "A duration is a number and a unit, such as 500ms, 30s, 5min, 2h or 7d, or several, such as 1h 30min.");
    }

    /**
     * Prints the two largest units, cut off below: {@code 850 ms}, {@code 4.2 s} (below ten seconds), {@code 42 s},
     * {@code 1 min 23 s}, {@code 2 h 5 min}, {@code 3 d 4 h}; the second is left out when it is 0.
     *
     * @param duration not negative
     */
    public static String print(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds == 0) {
            return duration.toMillis() + " ms";
        }
        if (seconds < 10) {
            return seconds + "." + duration.toMillisPart() / 100 + " s";
        }
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return two(seconds / 60, "min", seconds % 60, "s");
        }
        if (seconds < 86_400) {
            return two(seconds / 3600, "h", seconds % 3600 / 60, "min");
        }
        return two(seconds / 86_400, "d", seconds % 86_400 / 3600, "h");
    }

    private static String two(long large, String largeUnit, long small, String smallUnit) {
        return large + " " + largeUnit + (small == 0 ? "" : " " + small + " " + smallUnit);
    }
}
