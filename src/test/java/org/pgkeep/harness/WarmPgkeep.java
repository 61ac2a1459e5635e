package org.pgkeep.harness;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pgkeep.ManyCommands;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.RunAs;

/**
 * The built program in one process that runs command after command, as the server's user: for tests with so many of them that the
 * start of a Java machine for each would take most of the time. It lives as long as the test run.
 */
final class WarmPgkeep {
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static @Nullable WarmPgkeep shared;

    private final Process process;
    private final DataOutputStream commands;
    private final DataInputStream results;

    private WarmPgkeep(Process process) {
        this.process = process;
        this.commands = new DataOutputStream(process.getOutputStream());
        this.results = new DataInputStream(process.getInputStream());
    }

    /** Runs a command to its end. */
    static synchronized ProgramRun run(List<String> arguments) {
        WarmPgkeep warm = shared == null || !shared.process.isAlive() ? start() : shared;
        shared = warm;
        return warm.runHere(arguments);
    }

    /** By the launcher, which brings it up as any command, but for the class to begin with. */
    private static WarmPgkeep start() {
        try {
            Path launcher = Path.of(Pgkeep.launcher());
            Path classes = Temporary.root("commands");
            copy(ManyCommands.class, classes);
            String library = launcher.resolveSibling("../lib").normalize().toString();
            String options = "-cp " + library + "/*:" + classes + " " + ManyCommands.class.getName();
            Process process = ProgramRun.builder(
                            RunAs.forServers().command(List.of(launcher.toString(), "backup")),
                            classes,
                            Map.of("PGKEEP_JAVA_OPTS", options))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
            return new WarmPgkeep(process);
        } catch (IOException e) {
            throw new IllegalStateException("cannot start pgkeep", e);
        }
    }

    private static void copy(Class<?> type, Path root) throws IOException {
        Path file = root.resolve(type.getName().replace('.', '/') + ".class");
        Files.createDirectories(file.getParent());
        try (InputStream bytes = type.getResourceAsStream(type.getSimpleName() + ".class")) {
            Path _ = Files.write(file, Objects.requireNonNull(bytes).readAllBytes());
        }
    }

    private ProgramRun runHere(List<String> arguments) {
        long start = System.nanoTime();
        CompletableFuture<?> tooLong = CompletableFuture.runAsync(
                process::destroyForcibly, CompletableFuture.delayedExecutor(LONGEST.toSeconds(), TimeUnit.SECONDS));
        try {
            commands.writeByte(arguments.size());
            for (String argument : arguments) {
                commands.writeUTF(argument);
            }
            commands.flush();
            int status = results.readInt();
            String out = text();
            String err = text();
            return new ProgramRun(arguments, status, out, err, Duration.ofNanos(System.nanoTime() - start));
        } catch (IOException e) {
            throw new AssertionError("pgkeep ended in the middle of " + arguments, e);
        } finally {
            tooLong.cancel(false);
        }
    }

    private String text() throws IOException {
        return new String(results.readNBytes(results.readInt()), StandardCharsets.UTF_8);
    }
}
