package org.pgkeep.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryTreeTest {
    @TempDir
    Path root;

    @BeforeEach
    void grow() throws IOException {
        Files.createDirectories(root.resolve("tree/branch"));
        Files.writeString(root.resolve("tree/branch/leaf"), "green");
        Files.writeString(root.resolve("neighbour"), "stays");
        Files.createSymbolicLink(root.resolve("tree/link"), root.resolve("neighbour"));
    }

    @Test
    void aTreeIsDeletedWithoutFollowingItsLinks() {
        DirectoryTree.delete(root.resolve("tree"));
        assertThat(root.resolve("tree")).doesNotExist();
        assertThat(root.resolve("neighbour")).hasContent("stays");
        DirectoryTree.delete(root.resolve("tree"));
    }

    @Test
    void aTreeIsCopiedWithItsLinks() throws IOException {
        DirectoryTree.copy(root.resolve("tree"), root.resolve("copy"));
        assertThat(root.resolve("copy/branch/leaf")).hasContent("green");
        assertThat(Files.readSymbolicLink(root.resolve("copy/link"))).isEqualTo(root.resolve("neighbour"));
    }

    @Test
    void onlyFilesCount() {
        assertThat(DirectoryTree.bytes(root.resolve("tree"))).isEqualTo(5);
    }
}
