package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.pgkeep.error.ErrorCode;

class InterruptionTest {
    private static Process start(int status, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-cp",
                System.getProperty("java.class.path"),
                InterruptedWork.class.getName(),
                Integer.toString(status)));
        command.addAll(List.of(more));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    @Test
    void aSignalWaitsForTheCleanUpAndGivesItsOwnStatus() throws IOException, InterruptedException {
        Process process = start(0);
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(output.readLine()).isEqualTo("working");
            process.toHandle().destroy(); // SIGTERM; the process itself would close its streams
            assertThat(output.lines().collect(Collectors.joining("\n"))).isEqualTo("cleaned up");
        }
        assertThat(process.waitFor()).isEqualTo(ErrorCode.TERMINATED.exitStatus());
    }

    @Test
    void whatWorksUntilASignalEndsItEndsWithItsOwnStatus() throws IOException, InterruptedException {
        Process process = start(0, "endless");
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(output.readLine()).isEqualTo("working");
            process.toHandle().destroy();
            assertThat(output.lines().collect(Collectors.joining("\n"))).isEqualTo("cleaned up");
        }
        assertThat(process.waitFor())
                .as("what the work returns when it was interrupted")
                .isEqualTo(1);
    }

    @Test
    void withoutASignalTheStatusIsTheWorks() throws IOException, InterruptedException {
        assertThat(start(7).waitFor()).isEqualTo(7);
    }
}
