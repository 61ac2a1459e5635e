package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilePiecesTest {
    private static final int LENGTH = 2 * FilePieces.BYTES + 3;

    private final byte[] content = new byte[LENGTH];
    private final byte[] room = new byte[FilePieces.BYTES];

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        new Random(1).nextBytes(content);
        file = Files.write(directory.resolve("file"), content);
    }

    @Test
    void theLastPieceIsShorter() throws IOException {
        FilePieces.Seen seen = new FilePieces.Seen(LENGTH);
        assertThat(seen.pieces()).isEqualTo(3);
        try (FilePieces pieces = FilePieces.open(file, seen)) {
            assertThat(pieces.read(2, room)).isEqualTo(3);
            assertThat(Arrays.copyOf(room, 3)).isEqualTo(Arrays.copyOfRange(content, LENGTH - 3, LENGTH));
            assertThat(pieces.read(1, room)).isEqualTo(FilePieces.BYTES);
            assertThat(room).isEqualTo(Arrays.copyOfRange(content, FilePieces.BYTES, 2 * FilePieces.BYTES));
        }
        assertThat(seen.isChanged(file)).isFalse();
    }

    @Test
    void whoReadsAnythingElseThanAnotherReadBeforeIsNoticed() throws IOException {
        FilePieces.Seen seen = new FilePieces.Seen(LENGTH);
        try (FilePieces first = FilePieces.open(file, seen);
                FilePieces second = FilePieces.open(file, seen)) {
            first.read(0, room);
            first.read(1, room);
            second.read(1, room);
            content[0]++;
            Files.write(file, content);
            assertThat(seen.isChanged(file)).isFalse();
            second.read(0, room);
            assertThat(seen.isChanged(file)).isTrue();
        }
    }

    @Test
    void anotherLengthIsNoticedWhateverWasRead() throws IOException {
        FilePieces.Seen seen = new FilePieces.Seen(LENGTH);
        try (FilePieces pieces = FilePieces.open(file, seen)) {
            pieces.read(0, room);
        }
        Files.write(file, Arrays.copyOf(content, LENGTH - 1));
        assertThat(seen.isChanged(file)).isTrue();
        Files.write(file, Arrays.copyOf(content, LENGTH + 1));
        assertThat(seen.isChanged(file)).isTrue();
    }

    @Test
    void aFileOfNothingHasOneEmptyPiece() throws IOException {
        FilePieces.Seen seen = new FilePieces.Seen(0);
        Files.write(file, new byte[0]);
        assertThat(seen.pieces()).isEqualTo(1);
        try (FilePieces pieces = FilePieces.open(file, seen)) {
            assertThat(pieces.read(0, room)).isZero();
        }
        assertThat(seen.isChanged(file)).isFalse();
    }
}
