package org.pgkeep.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.codec.Compression;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Lease;
import org.pgkeep.repository.Leases;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.repository.WalArchive;
import org.pgkeep.repository.WalPiece;
import org.pgkeep.repository.Work;
import org.pgkeep.storage.layer.FaultyStorage;
import org.pgkeep.storage.memory.MemoryStorage;

class ArchiveGetTest {
    private static final String SEGMENT = "000000010000000000000003";

    @TempDir
    private Path directory;

    @TempDir
    private Path sources;

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final MemoryStorage storage = new MemoryStorage();
    private final WalArchive wal = TinyRepository.cluster(storage, clock).wal();

    @Test
    void aSegmentComesBackUnderTheNameAskedFor() throws IOException {
        byte[] content = TinyRepository.segment(SEGMENT, 1);
        store(SEGMENT, content);
        assertThat(get(SEGMENT)).isEqualTo(new ArchiveGet.Result.Fetched(SEGMENT, content.length));
        assertThat(directory.resolve("RECOVERYXLOG")).hasBinaryContent(content);
        assertThat(files()).containsExactly("RECOVERYXLOG");
    }

    @Test
    void whatIsNotThereIsAnAnswerAndNoError() throws IOException {
        assertThat(get(SEGMENT)).isEqualTo(new ArchiveGet.Result.Missing(SEGMENT, Optional.empty()));
        assertThat(get("00000002.history")).isInstanceOf(ArchiveGet.Result.Missing.class);
        assertThat(files()).isEmpty();
    }

    @Test
    void aPartialSegmentIsNeverGivenForTheWholeOneButMentioned() throws IOException {
        store(SEGMENT + ".partial", TinyRepository.segment(SEGMENT, 1));
        assertThat(get(SEGMENT))
                .isInstanceOfSatisfying(
                        ArchiveGet.Result.Missing.class,
                        missing -> assertThat(missing.note())
                                .contains(SEGMENT + " is not in the archive, only " + SEGMENT
                                        + ".partial: its timeline was left in the middle of this segment"));
        assertThat(get(SEGMENT + ".partial")).isInstanceOf(ArchiveGet.Result.Fetched.class);
    }

    @Test
    void whatWasStreamedOfASegmentIsGivenWithZerosBehindIt() throws IOException {
        byte[] content = TinyRepository.segment(SEGMENT, 1);
        stream(content, 0, 5000);
        stream(content, 5000, 70_000);
        assertThat(get(SEGMENT)).isEqualTo(new ArchiveGet.Result.Fetched(SEGMENT, 70_000));
        byte[] expected = Arrays.copyOf(Arrays.copyOf(content, 70_000), content.length);
        assertThat(directory.resolve("RECOVERYXLOG")).hasBinaryContent(expected);
        assertThat(files()).containsExactly("RECOVERYXLOG");
        store(SEGMENT, content);
        get(SEGMENT);
        assertThat(directory.resolve("RECOVERYXLOG")).as("the complete one").hasBinaryContent(content);
    }

    @Test
    void whatWasStreamedBehindAForkIsNotGiven() throws IOException {
        stream(TinyRepository.segment(SEGMENT, 1), 0, 0x10000);
        store("00000002.history", "1\t0/310001\tno recovery target specified\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(get(SEGMENT)).as("it ends before").isInstanceOf(ArchiveGet.Result.Fetched.class);
        Files.delete(directory.resolve("RECOVERYXLOG"));
        store("00000003.history", "1\t0/310000\tno recovery target specified\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(get(SEGMENT))
                .isInstanceOfSatisfying(
                        ArchiveGet.Result.Missing.class,
                        missing -> assertThat(missing.note().orElseThrow())
                                .contains("streamed up to 0/310000")
                                .contains("left at 0/310000"));
        assertThat(files()).isEmpty();
    }

    private void stream(byte[] content, int from, int to) throws IOException {
        SegmentName segment = SegmentName.parse(SEGMENT).orElseThrow();
        wal.pieces()
                .push(
                        new WalPiece(segment, from, to),
                        Files.write(sources.resolve("stream"), content),
                        Compression.DEFAULT);
    }

    @Test
    void damageIsAnErrorAndLeavesNothing() throws IOException {
        store(SEGMENT, TinyRepository.segment(SEGMENT, 1));
        TinyRepository.flip(storage, TinyRepository.only(storage, ".zst"), 700);
        assertFails(SEGMENT, ErrorCode.DAMAGED);
        assertThat(files()).isEmpty();
    }

    @Test
    void damageLeavesWhatWasThereBefore() throws IOException {
        Files.write(directory.resolve("RECOVERYXLOG"), new byte[] {1});
        store(SEGMENT, TinyRepository.segment(SEGMENT, 1));
        TinyRepository.flip(storage, TinyRepository.only(storage, ".zst"), 700);
        assertFails(SEGMENT, ErrorCode.DAMAGED);
        assertThat(directory.resolve("RECOVERYXLOG")).hasBinaryContent(new byte[] {1});
        assertThat(files()).containsExactly("RECOVERYXLOG");
    }

    /** Its content is what was stored, but it should never have been. */
    @Test
    void aSegmentOfAnotherClusterIsNotGiven() throws IOException {
        store(SEGMENT, TinyRepository.segment(SEGMENT, 1, 77));
        assertFails(SEGMENT, ErrorCode.CLUSTER_MISMATCH);
        assertThat(files()).isEmpty();
    }

    /** After an upgrade the same names are there of two database clusters; who asks is told by its {@code pg_control}. */
    @Test
    void afterAnUpgradeEachDatabaseClusterGetsItsOwnWal() throws IOException {
        byte[] old = TinyRepository.segment(SEGMENT, 1);
        store(SEGMENT, old);
        long successor = TinyRepository.SYSTEM_IDENTIFIER + 1;
        ClusterStore before = TinyRepository.cluster(storage, clock);
        try (Lease lease = before.leases().take(Work.UPGRADE, TinyRepository.OWNER, Leases.Patience.NONE)) {
            before.succession().add(successor, TinyRepository.VERSION.text(), lease);
        }
        byte[] fresh = TinyRepository.segment(SEGMENT, 2, successor);
        Path source = Files.write(sources.resolve(SEGMENT), fresh);
        Repository.open(storage, clock).cluster(TinyRepository.MAIN).wal().push(SEGMENT, source, Compression.DEFAULT);

        assertThat(gotBy(TinyRepository.SYSTEM_IDENTIFIER)).isEqualTo(old);
        assertThat(gotBy(successor)).isEqualTo(fresh);
        assertThat(gotBy(77)).as("a stranger, whom PostgreSQL refuses").isEqualTo(fresh);
        assertThat(get(SEGMENT)).isInstanceOf(ArchiveGet.Result.Fetched.class);
        assertThat(directory.resolve("RECOVERYXLOG")).as("nobody is told").hasBinaryContent(fresh);
    }

    private byte[] gotBy(long systemIdentifier) throws IOException {
        Path pgdata = Files.createTempDirectory(sources, "pgdata");
        Files.createDirectory(pgdata.resolve("global"));
        Files.write(
                pgdata.resolve(ControlFile.PATH),
                ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(systemIdentifier)
                        .array());
        ArchiveGet.Request request = new ArchiveGet.Request(
                TinyRepository.MAIN, SEGMENT, directory.resolve("RECOVERYXLOG").toString(), Optional.of(pgdata));
        assertThat(new ArchiveGet(Repository.open(storage, clock)).get(request))
                .isInstanceOf(ArchiveGet.Result.Fetched.class);
        return Files.readAllBytes(directory.resolve("RECOVERYXLOG"));
    }

    @Test
    void aNameThatPostgresNeverAsksForIsAnError() {
        assertFails("RECOVERYXLOG", ErrorCode.USAGE);
        assertFails("../" + SEGMENT, ErrorCode.USAGE);
    }

    @Test
    void aTargetThatCannotBeWrittenIsAnError() throws IOException {
        store(SEGMENT, TinyRepository.segment(SEGMENT, 1));
        assertThatThrownBy(() -> new ArchiveGet(Repository.open(storage, clock))
                        .get(new ArchiveGet.Request(
                                TinyRepository.MAIN,
                                SEGMENT,
                                directory.resolve("no/RECOVERYXLOG").toString())))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PATH_MISSING));
    }

    /** Whatever breaks: an error, and never "it is not there", which would end recovery. */
    @Test
    void aFailingStoreIsNeverTakenForTheEndOfTheArchive() throws IOException {
        store(SEGMENT, TinyRepository.segment(SEGMENT, 1));
        boolean fired = true;
        for (int at = 1; fired; at++) {
            FaultyStorage faulty = new FaultyStorage(storage, FaultyStorage.Fault.FAIL, at, 1);
            try {
                ArchiveGet.Result result = new ArchiveGet(Repository.open(faulty, clock)).get(request(SEGMENT));
                assertThat(result).as(faulty.toString()).isInstanceOf(ArchiveGet.Result.Fetched.class);
            } catch (PgkeepException e) {
                assertThat(e.code()).as(faulty.toString()).isEqualTo(ErrorCode.STORAGE);
            }
            fired = faulty.fired();
        }
    }

    private void store(String file, byte[] content) throws IOException {
        Path source = Files.write(sources.resolve(file), content);
        wal.push(file, source, Compression.DEFAULT);
    }

    private ArchiveGet.Request request(String file) {
        return new ArchiveGet.Request(
                TinyRepository.MAIN, file, directory.resolve("RECOVERYXLOG").toString());
    }

    private ArchiveGet.Result get(String file) {
        return new ArchiveGet(Repository.open(storage, clock)).get(request(file));
    }

    private void assertFails(String file, ErrorCode code) {
        assertThatThrownBy(() -> get(file))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
