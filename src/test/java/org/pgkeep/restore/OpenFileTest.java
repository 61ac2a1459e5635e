package org.pgkeep.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenFileTest {
    private static final int BLOCK = 8192;

    @TempDir
    private Path directory;

    private static ByteBuffer aligned(byte[] content) {
        return ByteBuffer.allocateDirect(content.length + OpenFile.ALIGNMENT)
                .alignedSlice(OpenFile.ALIGNMENT)
                .put(content)
                .flip();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void bothWaysTogetherMakeOneFile(boolean whole) throws Exception {
        byte[] content = Cluster.bytes(new Random(1), 5 * BLOCK);
        Path path = directory.resolve("file");
        try (OpenFile file = OpenFile.open(path)) {
            file.write(ByteBuffer.wrap(content, 2 * BLOCK, BLOCK), 2 * BLOCK);
            ByteBuffer last = aligned(Arrays.copyOfRange(content, 3 * BLOCK, 5 * BLOCK));
            if (!file.writeDirect(last, 3 * BLOCK, content.length, whole)) {
                file.write(ByteBuffer.wrap(content, 3 * BLOCK, 2 * BLOCK), 3 * BLOCK);
            }
            file.write(ByteBuffer.wrap(content, 0, 2 * BLOCK), 0);
        }
        assertThat(path).hasBinaryContent(content);
    }

    @Test
    void whatCannotBeWrittenPastTheCacheIsSaidAndChangesNothingBefore() throws Exception {
        Path path = directory.resolve("file");
        byte[] before = Cluster.bytes(new Random(2), 3 * BLOCK);
        Files.write(path, before);
        try (OpenFile file = OpenFile.open(path)) {
            assertThat(file.writeDirect(ByteBuffer.allocateDirect(100), BLOCK, before.length, true))
                    .as("a length that is no multiple of a block")
                    .isFalse();
        }
        assertThat(path).hasBinaryContent(before);
    }

    @Test
    void namesOutsideAsciiGoThroughTheCache() throws Exception {
        try (OpenFile file = OpenFile.open(directory.resolve("Gr\u00f6\u00dfe"))) {
            assertThat(file.mayBeDirect()).isFalse();
        }
    }
}
