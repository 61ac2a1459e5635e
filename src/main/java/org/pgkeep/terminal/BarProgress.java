package org.pgkeep.terminal;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.pgkeep.progress.Progress;

/**
 * Progress as a line that is drawn again in place, a few times a second, by a daemon thread. Messages appear above it. With
 * several steps under way the latest is shown.
 */
final class BarProgress implements Progress, AutoCloseable {
    /** Ten times a second is what the eye follows; a redraw costs a write to the terminal. */
    private static final long MILLIS_BETWEEN = 100;

    /** Carriage return, then "erase to the end of the line" (ECMA-48 EL). */
    private static final String ERASE = "\r\033[K";

    private final Log log;
    private final Screen screen;
    private final LongSupplier nanoTime;
    private final List<StepState> steps = new ArrayList<>();
    private final Thread painter;
    private boolean drawn;

    private BarProgress(Log log, Screen screen, LongSupplier nanoTime) {
        this.log = log;
        this.screen = screen;
        this.nanoTime = nanoTime;
        this.painter = Thread.ofPlatform().daemon().name("progress bar").unstarted(this::paint);
    }

    /** Begins to draw. */
    static BarProgress start(Log log, Screen screen, LongSupplier nanoTime) {
        BarProgress progress = new BarProgress(log, screen, nanoTime);
        progress.painter.start();
        return progress;
    }

    private void paint() {
        try {
            while (true) {
                Thread.sleep(MILLIS_BETWEEN);
                draw();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // close() ends the painter
        }
    }

    private synchronized void draw() {
        if (!steps.isEmpty()) {
            PrintStream err = screen.err();
            err.print(ERASE + BarLine.of(steps.getLast(), screen.columns()));
            err.flush();
            drawn = true;
        }
    }

    private void erase() {
        if (drawn) {
            screen.err().print(ERASE);
            screen.err().flush();
            drawn = false;
        }
    }

    @Override
    public synchronized Step step(String title, long totalBytes) {
        StepState state = new StepState(title, totalBytes, nanoTime);
        steps.add(state);
        return new BarStep(state);
    }

    @Override
    public void info(String message) {
        line(LogLevel.INFO, message);
    }

    @Override
    public void warn(String message) {
        line(LogLevel.WARN, message);
    }

    @Override
    public void debug(String message) {
        line(LogLevel.DEBUG, message);
    }

    private synchronized void line(LogLevel level, String message) {
        if (log.shows(level)) {
            erase();
            log.line(level, message);
        }
    }

    private synchronized void end(StepState state) {
        if (steps.remove(state)) {
            line(LogLevel.INFO, LineProgress.summary(state));
        }
    }

    @Override
    public synchronized void close() {
        painter.interrupt();
        steps.clear();
        erase();
    }

    private final class BarStep implements Step {
        private final StepState state;

        BarStep(StepState state) {
            this.state = state;
        }

        @Override
        public void advance(long bytes) {
            state.advance(bytes);
        }

        @Override
        public void note(String detail) {
            state.note(detail);
        }

        @Override
        public void close() {
            end(state);
        }
    }
}
