package org.pgkeep;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * src/dist/bin/pgkeep installed with a "Java" that is a shell script: an archiver or prefetcher that does what a test wrote. Each line of the log
 * is a start.
 */
final class FakeWorkers {
    private final Path directory;
    private final Path data;
    private final Map<String, String> environment = new HashMap<>();

    /**
     * Installs it below a directory.
     *
     * @param fakeJava the script, which reads FAKE_SCRIPT
     */
    FakeWorkers(Path directory, String fakeJava) throws IOException {
        this.directory = directory;
        this.data = Files.createDirectories(directory.resolve("data"));
        Path root = directory.resolve("a place");
        program(
                root.resolve("bin/pgkeep"),
                Files.readString(Path.of("src/dist/bin/pgkeep"))
                        .replace("@java.home@", "/no/such")
                        .replace("@architecture@", "x86_64")
                        .replace("@version@", "1.2.3")
                        .replace("@cache@", "pgkeep-cafe"));
        program(root.resolve("runtime/bin/java"), fakeJava);
        Files.createDirectory(data.resolve("pg_wal"));
        environment.put("PATH", "/usr/bin:/bin");
        environment.put("FAKE_LOG", log().toString());
        environment.put("FAKE_SCRIPT", directory.resolve("script").toString());
    }

    private static void program(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** The data directory, in which the launcher runs. */
    Path data() {
        return data;
    }

    /** Where each start is noted. */
    Path log() {
        return directory.resolve("starts");
    }

    /** Sets a variable for what runs from now on. */
    void export(String name, String value) {
        environment.put(name, value);
    }

    /** What Java does from now on. */
    void script(String script) throws IOException {
        Files.writeString(directory.resolve("script"), script + "\n");
    }

    /** The command lines of Java so far. */
    List<String> starts() throws IOException {
        return Files.exists(log()) ? Files.readAllLines(log()) : List.of();
    }

    /** How a run of the launcher ended. */
    record Run(int status, String output) {}

    /** Runs the launcher to its end. */
    Run run(List<String> words) throws Exception {
        List<String> command = new ArrayList<>(
                List.of("/bin/sh", directory.resolve("a place/bin/pgkeep").toString()));
        command.addAll(words);
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(data.toFile()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        // Ends only if no worker holds the pipe.
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), output);
    }

    /** Kills the worker that this file names, if one does, and waits for its end. */
    static void kill(Path file) throws Exception {
        if (Files.exists(file)) {
            long pid = Long.parseLong(Files.readString(file).split(" ", -1)[2]);
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            while (ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()) {
                Thread.sleep(5);
            }
        }
    }
}
