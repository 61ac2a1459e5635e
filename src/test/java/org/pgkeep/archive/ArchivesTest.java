package org.pgkeep.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.codec.Compression;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.repository.WalArchive;
import org.pgkeep.repository.WalPiece;
import org.pgkeep.storage.memory.MemoryStorage;

/** Two repositories of one cluster, asked in order. */
class ArchivesTest {
    private static final String SEGMENT = "000000010000000000000003";
    private static final int STREAMED = 16 << 10;

    @TempDir
    private Path directory;

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final MemoryStorage first = new MemoryStorage();
    private final MemoryStorage second = new MemoryStorage();
    private final byte[] content = TinyRepository.segment(SEGMENT, 7);
    private Path source;

    @BeforeEach
    void streamTheBeginningIntoTheFirst() throws IOException {
        source = Files.write(directory.resolve(SEGMENT), content);
        stream(first, STREAMED);
        WalArchive _ = wal(second);
    }

    @Test
    void whatOneHasCompleteIsBetterThanWhatAnotherHasOfItSoFar() throws IOException {
        WalArchive.Pushed _ = wal(second).push(SEGMENT, source, Compression.DEFAULT);
        assertThat(get()).isInstanceOf(ArchiveGet.Result.Fetched.class);
        assertThat(target()).hasBinaryContent(content);
    }

    @Test
    void whereNoneHasItCompleteWhatOneHasSoFarIsGiven() throws IOException {
        assertThat(get()).isInstanceOf(ArchiveGet.Result.Fetched.class);
        byte[] given = Files.readAllBytes(target());
        assertThat(given).hasSameSizeAs(content);
        assertThat(Arrays.copyOf(given, STREAMED)).isEqualTo(Arrays.copyOf(content, STREAMED));
        assertThat(Arrays.copyOfRange(given, STREAMED, given.length)).containsOnly(0);
    }

    /** What a synchronous receiver confirmed is in one of them; the other may lag behind. */
    @Test
    void whereNoneHasItCompleteTheLongestIsGiven() throws IOException {
        stream(second, 4 * STREAMED);
        assertThat(get()).isInstanceOf(ArchiveGet.Result.Fetched.class);
        byte[] given = Files.readAllBytes(target());
        assertThat(Arrays.copyOf(given, 4 * STREAMED)).isEqualTo(Arrays.copyOf(content, 4 * STREAMED));
        assertThat(Arrays.copyOfRange(given, 4 * STREAMED, given.length)).containsOnly(0);
    }

    /** Also if only the other knows of the newer timeline: behind the fork is nobody's WAL. */
    @Test
    void whatGoesBeyondAForkIsNotGiven() throws IOException {
        Path history = Files.writeString(directory.resolve("history"), "1\t0/301000\tno recovery target specified\n");
        WalArchive.Pushed _ = wal(second).push("00000002.history", history, Compression.NONE);
        assertThat(get())
                .isInstanceOfSatisfying(
                        ArchiveGet.Result.Missing.class,
                        missing -> assertThat(missing.note())
                                .hasValueSatisfying(
                                        note -> assertThat(note).contains("its timeline was left at 0/301000")));
        assertThat(target()).doesNotExist();
    }

    private void stream(MemoryStorage storage, int bytes) throws IOException {
        Path piece = Files.write(directory.resolve("piece"), Arrays.copyOf(content, bytes));
        WalPiece name = new WalPiece(SegmentName.parse(SEGMENT).orElseThrow(), 0, bytes);
        WalArchive.Pushed _ = wal(storage).push(name.toString(), piece, Compression.DEFAULT);
    }

    private ArchiveGet.Result get() {
        try (Archives archives = new Archives(List.of(place("a", first), place("b", second)), Progress.SILENT)) {
            return archives.get(
                    new ArchiveGet.Request(TinyRepository.MAIN, SEGMENT, target().toString(), Optional.empty()));
        }
    }

    private Path target() {
        return directory.resolve("RECOVERYXLOG");
    }

    private WalArchive wal(MemoryStorage storage) {
        return TinyRepository.cluster(storage, clock).wal();
    }

    private Copies.Place<Repository> place(String name, MemoryStorage storage) {
        return new Copies.Place<>(name, () -> Repository.openOrCreate(storage, clock));
    }
}
