package org.pgkeep.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class LinuxFileTest {
    @TempDir
    private Path directory;

    @Test
    @EnabledOnOs(OS.LINUX)
    void everyCallReachesTheKernel() throws IOException {
        Path path = Files.write(directory.resolve("file"), new byte[1 << 20]);
        try (LinuxFile file = LinuxFile.openForWriting(path)) {
            assertThat(file.startWriteBack(0, 1 << 20)).isTrue();
            assertThat(file.allocate(0, 2 << 20)).isTrue();
            assertThat(file.syncFileSystem()).isTrue();
            for (Advice advice : Advice.values()) {
                assertThat(file.advise(advice, 0, 0)).as("%s", advice).isTrue();
            }
        }
        assertThat(path).as("allocation keeps the length").hasSize(1 << 20);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aDirectoryIsEnoughToSyncItsFileSystem() {
        try (LinuxFile file = LinuxFile.open(directory)) {
            assertThat(file.syncFileSystem()).isTrue();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void namesOutsideAsciiAreFoundWhereTheJvmFindsThem() throws IOException {
        Path path = Files.createFile(directory.resolve("Straße"));
        try (LinuxFile file = LinuxFile.open(path)) {
            assertThat(file.isAvailable()).isTrue();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void readsInPlaceAsFarAsTheFileGoes() throws Exception {
        byte[] content = new byte[100_000];
        new Random(2).nextBytes(content);
        Path path = Files.write(directory.resolve("file"), content);
        LinuxFile.prepare();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!isPrepared(path)) {
            assertThat(System.nanoTime()).as("prepared in time").isLessThan(end);
            Thread.sleep(5);
        }
        byte[] read = new byte[content.length];
        try (LinuxFile file = LinuxFile.openIfPrepared(path)) {
            assertThat(file.readInPlace(read, 5, 90_000, 3)).isEqualTo(90_000);
            assertThat(Arrays.copyOfRange(read, 5, 90_005)).isEqualTo(Arrays.copyOfRange(content, 3, 90_003));
            assertThat(read[4]).isZero();
            assertThat(read[90_005]).isZero();
            assertThat(file.readInPlace(read, 0, 8192, 99_999)).isOne();
            assertThat(file.readInPlace(read, 0, 8192, 100_000)).isZero();
            assertThat(file.readInPlace(read, 99_000, 8192, 0)).as("no room").isEqualTo(-1);
        }
        try (LinuxFile missing = LinuxFile.openIfPrepared(directory.resolve("missing"))) {
            assertThat(missing.readInPlace(read, 0, 1, 0)).isEqualTo(-1);
        }
    }

    private static boolean isPrepared(Path path) {
        try (LinuxFile file = LinuxFile.openIfPrepared(path)) {
            return file.isAvailable();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void readsWhatIsThereAndNothingElse() throws IOException {
        byte[] content = new byte[100_000];
        new Random(1).nextBytes(content);
        Path path = Files.write(directory.resolve("file"), content);
        byte[] read = new byte[content.length];
        try (LinuxFile file = LinuxFile.open(path)) {
            assertThat(file.read(read, 7, 8192, 90_000)).isTrue();
            assertThat(Arrays.copyOfRange(read, 7, 7 + 8192)).isEqualTo(Arrays.copyOfRange(content, 90_000, 98_192));
            assertThat(read[6]).isZero();
            assertThat(read[7 + 8192]).isZero();

            assertThat(file.read(read, 0, LinuxFile.READ_MAX, 0)).isTrue();
            assertThat(file.read(read, 0, LinuxFile.READ_MAX + 1, 0))
                    .as("more than it reads")
                    .isFalse();
            assertThat(file.read(read, 0, 8192, 95_000)).as("over the end").isFalse();
            assertThat(file.read(read, 0, 8192, 200_000)).as("behind the end").isFalse();
        }
    }

    @Test
    void aMissingFileAnswersNoToEverything() {
        try (LinuxFile file = LinuxFile.openForWriting(directory.resolve("missing"))) {
            assertThat(file.isAvailable()).isFalse();
            assertThat(file.read(new byte[1], 0, 1, 0)).isFalse();
            assertThat(file.startWriteBack(0, 1)).isFalse();
            assertThat(file.allocate(0, 1)).isFalse();
            assertThat(file.advise(Advice.SEQUENTIAL, 0, 0)).isFalse();
            assertThat(file.syncFileSystem()).isFalse();
        }
    }

    @Test
    void aClosedFileAnswersNo() throws IOException {
        LinuxFile file = LinuxFile.open(Files.createFile(directory.resolve("file")));
        file.close();
        file.close();
        assertThat(file.syncFileSystem()).isFalse();
    }
}
