package org.pgkeep.terminal;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** Log lines, to stderr and to a file if there is one. Thread-safe; a line is written whole. */
final class Log implements AutoCloseable {
    private final PrintStream err;
    private final Optional<FileChannel> file;
    private final LogLevel limit;
    private final LogFormat format;
    private final Clock clock;

    private Log(PrintStream err, Optional<FileChannel> file, LogLevel limit, LogFormat format, Clock clock) {
        this.err = err;
        this.file = file;
        this.limit = limit;
        this.format = format;
        this.clock = clock;
    }

    /**
     * Opens the log.
     *
     * @throws PgkeepException when the file cannot be opened for appending
     */
    static Log open(PrintStream err, Optional<Path> file, LogLevel limit, LogFormat format, Clock clock) {
        return new Log(err, file.map(Log::append), limit, format, clock);
    }

    private static FileChannel append(Path file) {
        try {
            return FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.CONFIG, "open log file " + file, e);
        }
    }

    boolean shows(LogLevel level) {
        return level.shownAt(limit);
    }

    void line(LogLevel level, String message) {
        if (shows(level)) {
            String line = format.line(OffsetDateTime.now(clock), level, message, Map.of());
            synchronized (this) {
                err.println(line);
            }
            toFile(line);
        }
    }

    /** An error goes to the file as a line; stderr gets it as people read it, or as a line if lines are JSON. */
    void error(String message, Map<String, String> facts, String forPeople) {
        String line = format.line(OffsetDateTime.now(clock), LogLevel.ERROR, message, facts);
        synchronized (this) {
            err.println(format == LogFormat.JSON ? line : forPeople);
        }
        toFile(line);
    }

    private void toFile(String line) {
        if (file.isPresent()) {
            try {
                // One write of a file opened for appending: lines of several processes do not mix.
                file.get().write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
            } catch (IOException e) {
                // The work is worth more than its log, and stderr has the line.
                err.println("pgkeep: cannot write to the log file: " + e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        if (file.isPresent()) {
            try {
                file.get().close();
            } catch (IOException e) {
                err.println("pgkeep: cannot close the log file: " + e.getMessage());
            }
        }
    }
}
