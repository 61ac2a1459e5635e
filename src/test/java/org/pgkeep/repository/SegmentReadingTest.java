package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.codec.Algorithm;
import org.pgkeep.codec.Compression;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.storage.memory.MemoryStorage;

class SegmentReadingTest {
    private static final SegmentName SEGMENT =
            SegmentName.parse("000000010000000000000001").orElseThrow();

    private final byte[] content = new byte[3 << 20];

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        new Random(1).nextBytes(content);
        file = Files.write(directory.resolve("file"), content);
    }

    @Test
    void isReadOnceForAllWhoStoreIt() throws IOException {
        SegmentReading reading = SegmentReading.begin(file, SEGMENT, Compression.DEFAULT, false);
        Xxh3.Stream128 sum = Xxh3.stream128();
        sum.put(content, 0, content.length);
        assertThat(reading.complete()).isEqualTo(sum.hex());
        // Nothing of it is read again: another content of the same length is not noticed, and not mixed in.
        Files.write(file, new byte[content.length]);
        assertThat(reading.complete()).isEqualTo(sum.hex());
    }

    @Test
    void aFileThatGrowsMeanwhileIsNotStored() throws IOException {
        SegmentReading reading = SegmentReading.begin(file, SEGMENT, Compression.DEFAULT, false);
        Files.write(file, new byte[content.length + 1]);
        assertThatThrownBy(reading::complete)
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FILE_READ))
                .hasMessageContaining(file.toString());
    }

    @Test
    void whatCannotBeSummarizedIsReadAllTheSame() throws IOException {
        SegmentReading reading = SegmentReading.begin(file, SEGMENT, Compression.DEFAULT, true);
        assertThat(reading.complete()).isEqualTo(new WalSource(file).hash());
        Optional<String> why = reading.summary()
                .orElseThrow()
                .store(
                        TinyRepository.cluster(
                                        new MemoryStorage(), new TinyRepository.StandingClock("2026-11-30T18:00:00Z"))
                                .wal()
                                .summaries(),
                        reading.complete());
        assertThat(why).hasValueSatisfying(reason -> assertThat(reason).contains(SEGMENT.toString()));
    }

    @Test
    void whoFailedToReadItLetsOthersBeginAnew() throws IOException {
        SegmentReading reading = SegmentReading.begin(file, SEGMENT, Compression.DEFAULT, true);
        assertThat(reading.isFailed()).isFalse();
        Files.delete(file);
        assertThatThrownBy(reading::complete).hasMessageContaining(file.toString());
        assertThat(reading.isFailed()).isTrue();
    }

    @Test
    void whatGoesWrongWithASummaryIsToldAndNoError() {
        Summarizing summary = new Summarizing(SEGMENT);
        summary.fail(new StackOverflowError());
        summary.write(content, 0, content.length);
        summary.finish();
        assertThat(summary.store(
                        TinyRepository.cluster(
                                        new MemoryStorage(), new TinyRepository.StandingClock("2026-11-30T18:00:00Z"))
                                .wal()
                                .summaries(),
                        "0"))
                .hasValueSatisfying(why -> assertThat(why).contains("StackOverflowError"));
    }

    @Test
    void onlyWhatCanBeCompressedInPiecesIsCompressedHere() {
        assertThat(SegmentReading.begin(file, SEGMENT, Compression.DEFAULT, false)
                        .packed())
                .isPresent();
        assertThat(SegmentReading.begin(file, SEGMENT, Compression.of(Algorithm.GZIP), false)
                        .packed())
                .isEmpty();
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        Path missing = directory.resolve("missing");
        assertThatThrownBy(() -> SegmentReading.begin(missing, SEGMENT, Compression.DEFAULT, true))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PATH_MISSING))
                .hasMessageContaining(missing.toString());
    }
}
