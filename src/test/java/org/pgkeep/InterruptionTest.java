package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.pgkeep.error.ErrorCode;

class InterruptionTest {
    private static Process start(int status) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx32m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        InterruptedWork.class.getName(),
                        Integer.toString(status))
                .redirectErrorStream(true)
                .start();
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
    void withoutASignalTheStatusIsTheWorks() throws IOException, InterruptedException {
        assertThat(start(7).waitFor()).isEqualTo(7);
    }
}
