package org.pgkeep.units;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Locale;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** Spans of time as people write and read them. A day is 24 hours. */
public final class Durations {
    private static final int DIGITS_MAX = 9;

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

    /** By hand, in milliseconds: a pattern, and the arithmetic of {@link Duration}, take 13 ms to start, which each archive_command would wait for. */
    private static Duration parseParts(String text, String lower) {
        long sum = 0;
        long unitBefore = Long.MAX_VALUE;
        int at = 0;
        do {
            int digits = skip(lower, at, ' ', ' ');
            int blanks = skip(lower, digits, '0', '9');
            int unit = skip(lower, blanks, ' ', ' ');
            int end = skip(lower, unit, 'a', 'z');
            long millis = millis(lower.substring(unit, end));
            boolean isNumber = blanks > digits && blanks - digits <= DIGITS_MAX;
            if (!isNumber || millis == 0 || millis >= unitBefore) {
                throw notADuration(text);
            }
            sum += Long.parseLong(lower, digits, blanks, 10) * millis;
            unitBefore = millis;
            at = end;
        } while (at < lower.length());
        return Duration.ofMillis(sum);
    }

    /** The index behind all characters from one to another that begin here. */
    private static int skip(String text, int from, char first, char last) {
        int at = from;
        while (at < text.length() && text.charAt(at) >= first && text.charAt(at) <= last) {
            at++;
        }
        return at;
    }

    /** How many milliseconds a unit is; 0 when it is none. */
    private static long millis(String unit) {
        return switch (unit) {
            case "ms" -> 1;
            case "s" -> 1000;
            case "m", "min" -> 60_000;
            case "h" -> 3_600_000;
            case "d" -> 86_400_000;
            case "w" -> 604_800_000;
            default -> 0;
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
