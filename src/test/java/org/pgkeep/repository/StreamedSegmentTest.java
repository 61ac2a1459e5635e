package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.codec.Compression;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.memory.MemoryStorage;

/** Streamed segments; the golden pieces were written once and never change. */
class StreamedSegmentTest {
    private static final String NAME = "000000010000000000000003";
    private static final SegmentName SEGMENT = SegmentName.parse(NAME).orElseThrow();
    private static final Path GOLDEN = Path.of("src/test/resources/golden/pieces");
    private static final byte[] CONTENT = TinyRepository.segment(NAME, 1);

    @TempDir
    private Path directory;

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final MemoryStorage storage = new MemoryStorage();
    private final WalArchive wal = TinyRepository.cluster(storage, clock).wal();

    @Test
    void aPieceIsNamedByItsOffsets() {
        WalPiece piece = new WalPiece(SEGMENT, 0x12E80, 0x13000);
        assertThat(piece).hasToString(NAME + ".streamed.00012E80.00013000");
        assertThat(WalPiece.parse(piece.toString())).contains(piece);
        assertThat(WalPiece.parse(new WalPiece(SEGMENT, 0, 1 << 30).toString())).isPresent();
        for (String other : new String[] {
            NAME,
            NAME + ".partial",
            NAME + ".streamed.00012E80.00012E80",
            NAME + ".streamed.00012E80-00013000",
            NAME + ".streamed.00012e80.00013000",
            NAME + ".streamed.80000000.80000001",
            NAME + ".streamed.00012E80.000130000",
        }) {
            assertThat(WalPiece.parse(other)).as(other).isEqualTo(Optional.empty());
        }
    }

    @Test
    void piecesMakeTheBeginningOfTheSegment() throws IOException {
        push(CONTENT, 0, 1000);
        push(CONTENT, 1000, 40_000);
        assertThat(wal.pieces().of(SEGMENT).end()).isEqualTo(40_000);
        assertThat(assembled()).isEqualTo(Arrays.copyOf(CONTENT, 40_000));
        assertThat(wal.find(NAME)).as("they are no segment").isEmpty();
        assertThat(wal.segmentsBeside(SEGMENT)).isEmpty();
        assertThat(wal.census(Optional.of(Instant.EPOCH)).folders().getFirst().streamed())
                .containsEntry(SEGMENT, 40_000);
        assertThat(wal.list().map(WalArchive.Stored::pieceOf)).containsOnly(Optional.of(SEGMENT));
    }

    @Test
    void nothingCountsBehindAHole() throws IOException {
        push(CONTENT, 0, 1000);
        push(CONTENT, 1001, 2000);
        assertThat(wal.pieces().of(SEGMENT).end()).isEqualTo(1000);
        assertThat(assembled()).hasSize(1000);
        assertThat(wal.pieces().of(SEGMENT.next(TinyRepository.SEGMENT_BYTES)).end())
                .isZero();
    }

    @Test
    void piecesThatOverlapAreTakenOnce() throws IOException {
        push(CONTENT, 0, 1000);
        push(CONTENT, 1000, 2000);
        push(CONTENT, 0, 2000);
        push(CONTENT, 500, 2500);
        assertThat(assembled()).isEqualTo(Arrays.copyOf(CONTENT, 2500));
    }

    @Test
    void piecesThatContradictEachOtherAreAConflict() {
        push(CONTENT, 0, 2000);
        push(TinyRepository.segment(NAME, 2), 1000, 2000);
        assertThatThrownBy(this::assembled)
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    }

    @Test
    void twoContentsOfTheSameBytesAreAConflict() {
        push(CONTENT, 0, 2000);
        push(CONTENT, 0, 2000);
        push(TinyRepository.segment(NAME, 2), 0, 2000);
        assertThatThrownBy(() -> wal.pieces().of(SEGMENT))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    }

    @Test
    void damageIsFound() {
        push(CONTENT, 0, 2000);
        TinyRepository.flip(storage, TinyRepository.only(storage, ".zst"), 700);
        assertThatThrownBy(this::assembled)
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED));
    }

    @Test
    void theCompleteSegmentCountsAndItsPiecesGo() throws IOException {
        push(CONTENT, 0, 2000);
        wal.push(NAME, Files.write(directory.resolve(NAME), CONTENT), Compression.DEFAULT);
        assertThat(wal.census(Optional.empty()).folders().getFirst().streamed()).isEmpty();
        StreamedSegment streamed = wal.pieces().of(SEGMENT);
        streamed.remove(streamed.pieces());
        assertThat(wal.pieces().of(SEGMENT).pieces()).isEmpty();
        assertThat(wal.has(SEGMENT)).isTrue();
    }

    @Test
    void theNamesOfASealedRepositoryTellNothing() throws IOException {
        MemoryStorage sealed = new MemoryStorage();
        WalArchive there = TinyRepository.sealedCluster(sealed, clock).wal();
        Path file = Files.write(directory.resolve("sealed"), CONTENT);
        there.pieces().push(new WalPiece(SEGMENT, 0, 5000), file, Compression.DEFAULT);
        push(CONTENT, 0, 5000);
        assertThat(TinyRepository.only(sealed, ".zst")).isNotEqualTo(TinyRepository.only(storage, ".zst"));
        there.pieces().of(SEGMENT).copyTo(directory.resolve("unsealed"));
        assertThat(directory.resolve("unsealed")).hasBinaryContent(Arrays.copyOf(CONTENT, 5000));
    }

    @Test
    void goldenPiecesAreRead() throws IOException {
        if (Boolean.getBoolean("pgkeep.rewrite")) {
            rewrite();
        }
        try (Stream<Path> files = Files.list(GOLDEN)) {
            for (Path file : files.toList()) {
                storage.create(
                        ObjectName.of(
                                "clusters/main/wal/1/0000000100000000",
                                file.getFileName().toString()),
                        Files.readAllBytes(file));
            }
        }
        assertThat(assembled()).isEqualTo(Arrays.copyOf(CONTENT, 0x13000));
    }

    private void rewrite() throws IOException {
        Files.createDirectories(GOLDEN);
        push(CONTENT, 0, 0x12E80);
        push(CONTENT, 0x12E80, 0x13000);
        for (ObjectName name : TinyRepository.names(storage)) {
            if (name.last().contains(".streamed.")) {
                Files.write(GOLDEN.resolve(name.last()), TinyRepository.bytes(storage, name));
            }
        }
    }

    private void push(byte[] content, int from, int to) {
        try {
            Path file = Files.write(directory.resolve("source"), content);
            wal.pieces().push(new WalPiece(SEGMENT, from, to), file, Compression.DEFAULT);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] assembled() throws IOException {
        Path file = directory.resolve("assembled");
        int end = wal.pieces().of(SEGMENT).copyTo(file);
        assertThat(file).hasSize(end);
        return Files.readAllBytes(file);
    }
}
