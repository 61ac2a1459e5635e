package org.pgkeep.terminal;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.pgkeep.progress.Progress;
import org.pgkeep.units.ByteCount;
import org.pgkeep.units.Durations;

/**
 * Progress as log lines: one when a step starts, one when it ends, and between them one after each tenth of it or each minute,
 * but never two within ten seconds.
 */
final class LineProgress implements Progress {
    private static final long NANOS_MIN = 10_000_000_000L;
    private static final long NANOS_MAX = 60_000_000_000L;
    private static final int PERCENT_BETWEEN = 10;

    private final Log log;
    private final boolean steps;
    private final LongSupplier nanoTime;

    /**
     * Speaks through a log.
     *
     * @param steps whether steps are worth lines; messages always are
     */
    LineProgress(Log log, boolean steps, LongSupplier nanoTime) {
        this.log = log;
        this.steps = steps;
        this.nanoTime = nanoTime;
    }

    @Override
    public Step step(String title, long totalBytes) {
        return steps ? new LineStep(new StepState(title, totalBytes, nanoTime)) : SILENT.step(title, totalBytes);
    }

    @Override
    public void info(String message) {
        log.line(LogLevel.INFO, message);
    }

    @Override
    public void warn(String message) {
        log.line(LogLevel.WARN, message);
    }

    @Override
    public void debug(String message) {
        log.line(LogLevel.DEBUG, message);
    }

    /** "copy: 2.7 GiB in 7.5 s, 360 MiB/s". */
    static String summary(StepState state) {
        Duration took = Duration.ofMillis((long) (state.seconds() * 1000));
        String time = Durations.print(took);
        return state.doneBytes() == 0
                ? state.title() + ": done in " + time
                : state.title() + ": " + new ByteCount(state.doneBytes()) + " in " + time + ", "
                        + new ByteCount(state.meanRate()) + "/s";
    }

    private final class LineStep implements Step {
        private final StepState state;
        private long saidNanos = nanoTime.getAsLong();
        private int saidPercent;

        LineStep(StepState state) {
            this.state = state;
            String size = state.totalBytes() > 0 ? ": " + new ByteCount(state.totalBytes()) : "";
            log.line(LogLevel.INFO, state.title() + size);
        }

        @Override
        public void advance(long bytes) {
            state.advance(bytes);
            sayMaybe();
        }

        @Override
        public void note(String detail) {
            state.note(detail);
            log.line(LogLevel.DEBUG, state.title() + ": " + detail);
        }

        private synchronized void sayMaybe() {
            long now = nanoTime.getAsLong();
            long since = now - saidNanos;
            if (since < NANOS_MIN || (since < NANOS_MAX && state.percent() < saidPercent + PERCENT_BETWEEN)) {
                return;
            }
            saidNanos = now;
            saidPercent = state.percent();
            long rate = state.recentRate();
            long left = state.secondsLeft(rate);
            log.line(
                    LogLevel.INFO,
                    state.title() + ": " + state.percent() + "%, " + new ByteCount(state.doneBytes()) + " of "
                            + new ByteCount(state.totalBytes()) + ", " + new ByteCount(rate) + "/s"
                            + (left <= 0 ? "" : ", " + Durations.print(Duration.ofSeconds(left)) + " left"));
        }

        @Override
        public void close() {
            log.line(LogLevel.INFO, summary(state));
        }
    }
}
