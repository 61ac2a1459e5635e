package org.pgkeep.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
final class LinuxDirectoryTest {
    @TempDir
    private Path directory;

    @BeforeAll
    static void ready() {
        LinuxDirectory.prepare();
        await().until(() -> LinuxDirectory.names(Path.of("/")).isPresent());
    }

    @Test
    void namesOfEveryLengthAreThose() throws IOException {
        List<String> expected = new ArrayList<>();
        for (int length = 1; length <= 255; length++) {
            expected.add("n".repeat(length));
        }
        expected.addAll(List.of(".hidden", "..two", "...", "with blank"));
        for (String name : expected) {
            Files.createFile(directory.resolve(name));
        }
        Files.createDirectory(directory.resolve("folder"));
        expected.add("folder");

        assertThat(LinuxDirectory.names(directory).orElseThrow()).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void moreNamesThanACallGivesAreAllThere() throws IOException {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            expected.add("0000000100000000%08X-0123456789abcdef0123456789abcdef.zst".formatted(i));
            Files.createFile(directory.resolve(expected.getLast()));
        }

        assertThat(LinuxDirectory.names(directory).orElseThrow()).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void aByteOutsideAsciiIsACharacter() throws IOException {
        Files.createFile(directory.resolve("Stra\u00dfe"));

        assertThat(LinuxDirectory.names(directory).orElseThrow()).containsExactly("Stra\u00c3\u009fe");
    }

    @Test
    void anEmptyDirectoryHasNoNames() {
        assertThat(LinuxDirectory.names(directory)).hasValue(List.of());
    }

    @Test
    void whatIsNoDirectoryOrNotThereIsLeftToJava() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        assertThat(LinuxDirectory.names(file)).isEmpty();
        assertThat(LinuxDirectory.names(directory.resolve("missing"))).isEmpty();
    }
}
