package org.pgkeep.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.server.PostmasterPid;

/**
 * A PostgreSQL server for an hour: its data directory, its socket in a short temporary directory, started, stopped and killed
 * at will. Nobody needs a password; the superuser is {@code postgres}. Closing it stops it; its data stays.
 */
public final class ThrowawayServer implements AutoCloseable {
    private static final Duration INITDB_LONGEST = Duration.ofMinutes(10);
    private static final Duration START_LONGEST = Duration.ofMinutes(10);
    private static final int LOG_TAIL_LINES = 20;

    private final PostgresBinaries binaries;
    private final RunAs runAs;
    private final Path dataDirectory;
    private final Path log;
    private final ServerAddress address;

    private ThrowawayServer(PostgresBinaries binaries, RunAs runAs, Path dataDirectory, Path log, boolean tcp) {
        this.binaries = binaries;
        this.runAs = runAs;
        this.dataDirectory = dataDirectory;
        this.log = log;
        this.address = ServerAddress.fresh(runAs, tcp);
    }

    /**
     * How a cluster is made.
     *
     * @param checksums whether its pages carry checksums
     * @param walSegmentMegabytes size of its WAL segments, from version 11; 16 otherwise
     * @param tcp whether it listens on 127.0.0.1, too
     */
    public record Options(boolean checksums, OptionalInt walSegmentMegabytes, boolean tcp) {
        /** Page checksums, default segments, Unix socket only. */
        public static final Options DEFAULT = new Options(true, OptionalInt.empty(), false);
    }

    /** How a server stops. */
    public enum Shutdown {
        /** Ends all sessions and writes a checkpoint. */
        FAST,
        /** As in a crash: the next start recovers. */
        IMMEDIATE
    }

    /** Makes a new cluster in {@code directory/data}; its log is beside it. Not started. */
    public static ThrowawayServer create(PostgresBinaries binaries, RunAs runAs, Path directory, Options options) {
        Path data = directory.resolve("data");
        List<String> initdb = new ArrayList<>(List.of(
                binaries.program("initdb"), "-D", data.toString(), "-U", "postgres", "-A", "trust", "-E", "UTF8"));
        initdb.addAll(List.of("--locale=C", "-N"));
        if (options.checksums()) {
            initdb.add("-k");
        } else if (binaries.major().isAtLeast(MajorVersion.V18)) {
            initdb.add("--no-data-checksums");
        }
        if (binaries.major().isAtLeast(MajorVersion.V11)) {
            options.walSegmentMegabytes().ifPresent(size -> initdb.add("--wal-segsize=" + size));
        }
        ProgramRun.of(runAs.command(initdb), directory, Map.of(), INITDB_LONGEST)
                .orThrow();
        ThrowawayServer server =
                new ThrowawayServer(binaries, runAs, data, directory.resolve("server.log"), options.tcp());
        // Nobody's data: what a power cut would do to it does not matter.
        server.configure("fsync", "off");
        return server;
    }

    /** A server on a data directory that exists, such as a restored one. Not started. */
    public static ThrowawayServer on(Path dataDirectory, PostgresBinaries binaries, RunAs runAs, Path log) {
        return new ThrowawayServer(binaries, runAs, dataDirectory, log, false);
    }

    /** Stops it as an administrator does, and starts it again. */
    public void restart() {
        stop(Shutdown.FAST);
        start();
    }

    /** Adds a setting to {@code postgresql.conf}; it takes effect at the next start. */
    public void configure(String name, String value) {
        Path file = dataDirectory.resolve("postgresql.conf");
        String line = name + " = '" + value.replace("'", "''") + "'\n";
        try {
            Files.writeString(file, line, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "write " + file, e);
        }
    }

    /** Starts and waits until it takes connections; on a failure the end of its log is in the message. */
    public ThrowawayServer start() {
        List<String> command = List.of(
                binaries.program("pg_ctl"),
                "-D",
                dataDirectory.toString(),
                "-w",
                "-t",
                "300",
                "-l",
                log.toString(),
                "-o",
                address.options(),
                "start");
        ProgramRun run = ProgramRun.of(runAs.command(command), home(), Map.of(), START_LONGEST);
        if (run.exitStatus() != 0) {
            throw new PgkeepException(
                    ErrorCode.CONNECT,
                    "the server on " + dataDirectory + " does not start: "
                            + run.err().strip() + "\n" + logTail());
        }
        return this;
    }

    /** Whether its postmaster runs. */
    public boolean isRunning() {
        return PostmasterPid.read(dataDirectory)
                .map(PostmasterPid::isProcessAlive)
                .orElse(false);
    }

    /** Stops it and waits. Nothing happens when it does not run. */
    public void stop(Shutdown how) {
        if (!isRunning()) {
            return;
        }
        String mode = switch (how) {
            case FAST -> "fast";
            case IMMEDIATE -> "immediate";
        };
        List<String> command = List.of(
                binaries.program("pg_ctl"), "-D", dataDirectory.toString(), "-w", "-t", "300", "-m", mode, "stop");
        ProgramRun.of(runAs.command(command), home(), Map.of(), START_LONGEST).orThrow();
    }

    /** Ends a standby's recovery. Does not wait. */
    public void promote() {
        List<String> command = List.of(binaries.program("pg_ctl"), "-D", dataDirectory.toString(), "-W", "promote");
        ProgramRun.of(runAs.command(command), home(), Map.of(), START_LONGEST).orThrow();
    }

    /** {@code kill -9} of the postmaster and all its processes at once; waits until they are gone. */
    public void kill() {
        Optional<ProcessHandle> postmaster =
                PostmasterPid.read(dataDirectory).flatMap(file -> ProcessHandle.of(file.pid()));
        if (postmaster.isEmpty()) {
            return;
        }
        List<ProcessHandle> all = Stream.concat(
                        postmaster.stream(), postmaster.get().descendants())
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle process : all) {
            awaitEnd(process);
        }
    }

    private static void awaitEnd(ProcessHandle process) {
        try {
            process.onExit().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PgkeepException(ErrorCode.TERMINATED, "interrupted: waiting for the server's end").causedBy(e);
        } catch (ExecutionException e) {
            throw new PgkeepException(ErrorCode.BUG, "cannot wait for process " + process.pid()).causedBy(e);
        }
    }

    /** A new connection as superuser, in autocommit mode. */
    public Connection connect(String database) {
        return address.connect(database);
    }

    /** The last lines of its log. */
    public String logTail() {
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "no log: " + e;
        }
    }

    private Path home() {
        return log.getParent() == null ? dataDirectory : log.getParent();
    }

    /** Its data directory. */
    public Path dataDirectory() {
        return dataDirectory;
    }

    /** Where its Unix socket is. */
    public Path socketDirectory() {
        return address.socketDirectory();
    }

    /** Its port: of TCP when it listens there, always part of the socket's name. */
    public int port() {
        return address.port();
    }

    /** Its log. */
    public Path log() {
        return log;
    }

    /** Its programs. */
    public PostgresBinaries binaries() {
        return binaries;
    }

    /** Who it runs as. */
    public RunAs runAs() {
        return runAs;
    }

    /** Stops it at once, also when this thread was interrupted: that is how Ctrl-C gets here. */
    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        try {
            stop(Shutdown.IMMEDIATE);
            DirectoryTree.delete(address.socketDirectory());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
