package org.pgkeep.terminal;

import java.time.Duration;
import org.pgkeep.units.ByteCount;
import org.pgkeep.units.Durations;

/** Lays a step out in one line of a terminal. */
final class BarLine {
    private static final int BAR_MAX = 30;
    private static final int BAR_MIN = 10;

    private BarLine() {}

    /** At most this many columns, so that a redraw never leaves a line behind. */
    static String of(StepState state, int columns) {
        String line = state.totalBytes() > 0 ? measured(state, columns) : unmeasured(state);
        return line.length() < columns ? line : line.substring(0, columns - 1);
    }

    private static String unmeasured(StepState state) {
        String elapsed = Durations.print(Duration.ofMillis((long) (state.seconds() * 1000)));
        String bytes = state.doneBytes() > 0 ? "  " + new ByteCount(state.doneBytes()) : "";
        return state.title() + "  " + elapsed + bytes + (state.detail().isEmpty() ? "" : "  " + state.detail());
    }

    private static String measured(StepState state, int columns) {
        long rate = state.recentRate();
        long left = state.secondsLeft(rate);
        String numbers = " " + padded(Integer.toString(state.percent()), 3) + "%  " + new ByteCount(state.doneBytes())
                + " of " + new ByteCount(state.totalBytes()) + "  " + new ByteCount(rate) + "/s"
                + (left <= 0 ? "" : "  " + Durations.print(Duration.ofSeconds(left)) + " left");
        int room = columns - 1 - state.title().length() - numbers.length() - 3;
        String head = state.title() + " ";
        String drawn = room < BAR_MIN ? head + numbers : head + bar(state.percent(), Math.min(room, BAR_MAX)) + numbers;
        boolean fits = drawn.length() + 2 + state.detail().length() < columns;
        return fits && !state.detail().isEmpty() ? drawn + "  " + state.detail() : drawn;
    }

    private static String bar(int percent, int width) {
        int filled = width * percent / 100;
        String head = filled < width ? ">" : "";
        return "[" + "=".repeat(filled) + head + " ".repeat(width - filled - head.length()) + "]";
    }

    private static String padded(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }
}
