package org.pgkeep.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.linux.Advice;
import org.pgkeep.linux.LinuxFile;

class SpentFilesTest {
    private static final int BYTES = 1 << 20;

    @TempDir
    private Path directory;

    private final SpentFiles spent = new SpentFiles();

    @Test
    void theCacheGivesUpWhatTheServerIsDoneWithAndNothingThatItMayRead() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/fincore")), "util-linux tells what is in the page cache");
        assumeTrue(canBeDropped(), "a file system whose files are not all in memory");
        for (String name : List.of("1", "2", "3", "4")) {
            Path ready = write(name);
            spent.hold(name, ready);
        }
        for (String name : List.of("1", "2", "3")) {
            Files.move(directory.resolve(name), directory.resolve("wal" + name));
            spent.taken(name);
        }
        assertThat(cachedBytes("wal1")).isZero();
        assertThat(cachedBytes("wal2")).isEqualTo(BYTES);
        assertThat(cachedBytes("wal3")).isEqualTo(BYTES);
        assertThat(cachedBytes("4")).isEqualTo(BYTES);

        // As when the event of it was lost.
        Files.move(directory.resolve("4"), directory.resolve("wal4"));
        spent.look(directory::resolve);
        assertThat(cachedBytes("wal2")).isZero();
        assertThat(cachedBytes("wal4")).isEqualTo(BYTES);
    }

    @Test
    void whatIsNotThereHarmsNobody() {
        spent.hold("1", directory.resolve("missing"));
        for (String name : List.of("1", "2", "3", "4")) {
            spent.taken(name);
        }
        spent.close();
    }

    private boolean canBeDropped() throws Exception {
        try (LinuxFile file = LinuxFile.open(write("probe"))) {
            return file.advise(Advice.DONT_NEED, 0, 0) && cachedBytes("probe") == 0;
        }
    }

    /** On the disk: what is written back only in a while cannot be dropped yet. */
    private Path write(String name) throws IOException, InterruptedException {
        Path file = Files.write(directory.resolve(name), new byte[BYTES]);
        assertThat(new ProcessBuilder("sync", file.toString()).start().waitFor())
                .isZero();
        return file;
    }

    private long cachedBytes(String name) throws Exception {
        Process process = new ProcessBuilder(
                        "/usr/bin/fincore",
                        "--bytes",
                        "--noheadings",
                        "--output",
                        "RES",
                        directory.resolve(name).toString())
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return Long.parseLong(output.strip());
    }
}
