package org.pgkeep.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * A program that ran to its end.
 *
 * @param command what was run
 * @param exitStatus its exit status; 128 and the signal's number when it was killed
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 * @param took from start to end
 */
public record ProgramRun(List<String> command, int exitStatus, String out, String err, Duration took) {
    /**
     * Runs a program and waits for its end. Standard input is empty; {@code PG*} variables of this process are not passed on.
     *
     * @param home its working directory and {@code HOME}
     * @param variables environment variables to add
     * @throws PgkeepException {@code TERMINATED} when interrupted, or when it takes too long: then it is killed
     */
    public static ProgramRun of(List<String> command, Path home, Map<String, String> variables, Duration longest) {
        Path out = temporary("out");
        Path err = temporary("err");
        long start = System.nanoTime();
        try {
            // Into files, not pipes: a server started by pg_ctl inherits them and would hold a pipe open.
            Process process = builder(command, home, variables)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            int exitStatus = await(process, command, longest);
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            return new ProgramRun(command, exitStatus, text(out), text(err), took);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.PATH_MISSING, "run " + command.getFirst(), e);
        } finally {
            delete(out);
            delete(err);
        }
    }

    /** A process that is about to start, in the same environment as {@link #of} gives it. */
    public static ProcessBuilder builder(List<String> command, Path home, Map<String, String> variables) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
        Map<String, String> environment = builder.environment();
        environment
                .keySet()
                .removeIf(name -> name.startsWith("PG") || name.startsWith("LC_") || name.equals("LANGUAGE"));
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("HOME", home.toString());
        environment.putAll(variables);
        return builder;
    }

    private static int await(Process process, List<String> command, Duration longest) {
        try {
            if (process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS)) {
                return process.exitValue();
            }
        } catch (InterruptedException e) {
            kill(process);
            Thread.currentThread().interrupt();
            throw new PgkeepException(ErrorCode.TERMINATED, "interrupted: " + String.join(" ", command)).causedBy(e);
        }
        kill(process);
        throw new PgkeepException(
                ErrorCode.TERMINATED, "took longer than " + longest.toSeconds() + " s: " + String.join(" ", command));
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    /** This run, when it succeeded. */
    public ProgramRun orThrow() {
        if (exitStatus != 0) {
            throw new PgkeepException(
                    ErrorCode.CONNECT,
                    "exit status " + exitStatus + " of " + String.join(" ", command) + ": " + (err + out).strip());
        }
        return this;
    }

    private static Path temporary(String suffix) {
        try {
            return Files.createTempFile("pgkeep-run", "." + suffix);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "create a temporary file", e);
        }
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException _) {
            // A few bytes in the temporary directory.
        }
    }
}
