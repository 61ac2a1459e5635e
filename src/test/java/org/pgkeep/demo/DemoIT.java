package org.pgkeep.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.Wait;

/** The built program's demonstration, by whoever runs the tests, on the newest version. */
class DemoIT {
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final int TERMINATED = 63;
    private static final int SIGTERM = 128 + 15;

    @TempDir
    Path temporary;

    private Map<String, String> environment() throws IOException {
        // The server's user must get through to its directory.
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
        return Map.of(
                "TMPDIR",
                temporary.toString(),
                "PGKEEP_POSTGRES_BIN",
                Servers.ofMajor(Servers.newest()).directory().toString());
    }

    private static List<String> command(String... arguments) {
        String launcher =
                Path.of(System.getProperty("pgkeep.home"), "bin/pgkeep").toString();
        return Stream.concat(Stream.of(launcher, "demo"), Stream.of(arguments)).toList();
    }

    @Test
    void aTableThatWasDroppedIsBroughtBackAndNothingIsLeftBehind() throws IOException {
        ProgramRun run = ProgramRun.of(command(), temporary, environment(), LONGEST);
        assertThat(run.exitStatus()).as(run.out() + run.err()).isZero();
        assertThat(run.out())
                .contains("drop the wrong table")
                .contains("restore --config")
                .contains("2000000 rows")
                .contains("amcheck: ")
                .contains("Nothing was lost.");
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void whoInterruptsItLeavesNothingBehind() throws Exception {
        Path output = temporary.resolve("output");
        Process process = ProgramRun.builder(command(), temporary, environment())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        Wait.until("the server is loaded", () -> read(output).contains("2. Load"));
        List<ProcessHandle> family = process.descendants().toList();
        process.destroy();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(read(output)).isIn(TERMINATED, SIGTERM);
        Wait.until("no server is left", () -> family.stream().noneMatch(ProcessHandle::isAlive));
        Files.delete(output);
        assertThat(temporary).isEmptyDirectory();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
