package org.pgkeep.terminal;

import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;

/** Everything a run writes to stderr and to its log file. */
public final class Display implements AutoCloseable {
    private final Log log;
    private final Progress progress;
    private final Optional<BarProgress> bar;

    private Display(Log log, Progress progress, Optional<BarProgress> bar) {
        this.log = log;
        this.progress = progress;
        this.bar = bar;
    }

    /** How steps are shown. */
    public enum Steps {
        /** As a bar on a terminal, else as lines. */
        AUTO,
        /** As lines. */
        LINES,
        /** Not at all. */
        NONE
    }

    /**
     * What is wanted.
     *
     * @param level the least important level that is shown
     * @param file a file that log lines are appended to as well
     */
    public record Look(Steps steps, LogLevel level, LogFormat format, Optional<Path> file) {}

    /**
     * Begins.
     *
     * @param clock the time in log lines, in the zone in which they show it
     * @param nanoTime a clock that never jumps, for rates
     * @throws PgkeepException when the log file cannot be opened
     */
    public static Display open(Look look, Screen screen, Clock clock, LongSupplier nanoTime) {
        Log log = Log.open(screen.err(), look.file(), look.level(), look.format(), clock);
        boolean drawable = screen.isTerminal() && look.format() == LogFormat.TEXT;
        if (look.steps() == Steps.AUTO && drawable && LogLevel.INFO.shownAt(look.level())) {
            BarProgress bar = BarProgress.start(log, screen, nanoTime);
            return new Display(log, bar, Optional.of(bar));
        }
        return new Display(log, new LineProgress(log, look.steps() != Steps.NONE, nanoTime), Optional.empty());
    }

    /** What the run reports to. */
    public Progress progress() {
        return progress;
    }

    /** Whether someone wants to know everything. */
    public boolean isDebug() {
        return log.shows(LogLevel.DEBUG);
    }

    /** Says why the run ends: {@code pgkeep: error: …} and {@code HINT: …}, as PostgreSQL's programs do. */
    public void error(PgkeepException error) {
        bar.ifPresent(BarProgress::close);
        String message = String.valueOf(error.getMessage());
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("code", error.code().name());
        facts.put("status", Integer.toString(error.code().exitStatus()));
        error.hint().ifPresent(hint -> facts.put("hint", hint));
        log.error(message, facts, forPeople(error));
    }

    /** An error as people read it. */
    public static String forPeople(PgkeepException error) {
        String line = "pgkeep: error: " + error.getMessage();
        String hint = error.hint().map(text -> "\nHINT: " + text).orElse("");
        boolean isBug = error.code() == ErrorCode.BUG;
        return line + hint + (isBug ? "\nHINT: This is a bug in pgkeep: please report it with the lines above." : "");
    }

    @Override
    public void close() {
        bar.ifPresent(BarProgress::close);
        log.close();
    }
}
