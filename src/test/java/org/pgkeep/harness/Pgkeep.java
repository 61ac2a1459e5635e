package org.pgkeep.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.pgkeep.demo.DirectoryTree;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.RunAs;

/**
 * The built program, run as the server's user, as people and {@code archive_command} run it: {@code bin/pgkeep} of the tree
 * that the system property {@code pgkeep.home} names.
 */
public final class Pgkeep {
    /** So long that no busy machine gets there. */
    private static final Duration LONGEST = Duration.ofMinutes(15);

    private final RunAs runAs;
    private final Path directory;
    private final Map<String, String> environment;

    private Pgkeep(RunAs runAs, Path directory, Map<String, String> environment) {
        this.runAs = runAs;
        this.directory = directory;
        this.environment = environment;
    }

    /** For a cluster: its user, its directory as working directory. */
    public static Pgkeep of(TestCluster cluster) {
        return new Pgkeep(cluster.server().runAs(), cluster.base(), Map.of());
    }

    /** The same as if it ran on another host. */
    public Pgkeep onHost(String name) {
        return new Pgkeep(runAs, directory, Map.of("PGKEEP_JAVA_OPTS", "-Dpgkeep.host=" + name));
    }

    /** The same on a Java that compiles nothing: what takes a second takes minutes, and so is surely caught at its work. */
    public Pgkeep interpreted() {
        return new Pgkeep(runAs, directory, Map.of("PGKEEP_JAVA_OPTS", "-Xint"));
    }

    /** The launcher's path. */
    public static String launcher() {
        return home().resolve("bin/pgkeep").toString();
    }

    /** The tree, or a copy of it when the server's user cannot get to it. */
    private static Path home() {
        String named = System.getProperty("pgkeep.home", "");
        if (named.isEmpty()) {
            throw new IllegalStateException("the system property pgkeep.home does not name the built program");
        }
        Path built = Path.of(named).toAbsolutePath();
        return RunAs.forServers().canReach(built) ? built : copied(built);
    }

    private static synchronized Path copied(Path built) {
        Path copy = Temporary.root("program").resolve("pgkeep");
        if (!Files.exists(copy)) {
            DirectoryTree.copy(built, copy);
        }
        return copy;
    }

    /** Runs it to its end. */
    public ProgramRun run(String... arguments) {
        return run(List.of(arguments));
    }

    /** Runs it to its end. */
    public ProgramRun run(List<String> arguments) {
        return ProgramRun.of(command(arguments), directory, environment, LONGEST);
    }

    /** Starts it and goes on. Its output goes to a file. */
    public Running start(String... arguments) {
        Path output = directory.resolve("pgkeep-" + Long.toHexString(System.nanoTime()) + ".out");
        try {
            Process process = ProgramRun.builder(interruptible(command(List.of(arguments))), directory, environment)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            return new Running(process, output);
        } catch (IOException e) {
            throw new IllegalStateException("cannot start pgkeep", e);
        }
    }

    /** A shell starts what runs in the background with SIGINT ignored, and so would whatever such a test run starts. */
    private static List<String> interruptible(List<String> command) {
        List<String> all = new ArrayList<>(List.of("env", "--default-signal=INT"));
        all.addAll(command);
        return all;
    }

    private List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(launcher()));
        command.addAll(arguments);
        return runAs.command(command);
    }

    /**
     * A pgkeep that runs.
     *
     * @param process the process
     * @param output the file with all it writes
     */
    public record Running(Process process, Path output) {
        /** {@code kill -9}; waits until it is gone. */
        public void kill() {
            process.toHandle().descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            await();
        }

        /** Sends a signal, such as {@code INT} for Ctrl-C; returns its exit status. */
        public int signal(String name) {
            send(name);
            return await();
        }

        /** Sends a signal, and goes on. */
        public void send(String name) {
            ProgramRun.of(List.of("kill", "-" + name, Long.toString(process.pid())), Path.of("/"), Map.of(), LONGEST)
                    .orThrow();
        }

        /** Waits for its end; returns its exit status. */
        public int await() {
            try {
                if (!process.waitFor(LONGEST.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError("pgkeep does not end: " + text());
                }
                return process.exitValue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }

        /** What it wrote so far. */
        public String text() {
            try {
                return Files.readString(output);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
