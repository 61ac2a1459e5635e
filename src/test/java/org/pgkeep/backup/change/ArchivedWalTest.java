package org.pgkeep.backup.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.codec.Compression;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ClusterState;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.RelationFile;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.postgres.WalLevel;
import org.pgkeep.postgres.wal.WalBuilder;
import org.pgkeep.postgres.wal.WalBuilder.Draft;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.storage.memory.MemoryStorage;

/** Changes since a backup that begins in segment 3, in WAL of segments of 1 MiB. */
final class ArchivedWalTest {
    @TempDir
    private Path directory;

    private Optional<String> doubt = Optional.empty();
    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final MemoryStorage storage = new MemoryStorage();
    private final ClusterStore cluster = TinyRepository.cluster(storage, clock);
    private final WalBuilder wal = WalBuilder.of(TinyRepository.VERSION);
    private BackupRecord base;

    @BeforeEach
    void backUp() {
        base = backup(true);
    }

    private BackupRecord backup(boolean online) {
        return TinyRepository.backup(cluster, clock, TinyRepository.files(1), online, Compression.DEFAULT);
    }

    /** Three segments, each of which changes a block of relation 16384; a record lies over the boundary of the last two. */
    private void threeSegments() {
        for (int block = 1; block <= 3; block++) {
            long _ = wal.add(Draft.of(10, 0).block(1663, 5, 16384, 0, block, 100));
            if (block == 2) {
                wal.fillSegment(64);
                long _ = wal.add(Draft.of(10, 0).block(1663, 5, 16384, 0, 20, 4000));
            } else {
                long _ = wal.switchSegment();
            }
        }
    }

    private void archive(int index) throws IOException {
        archive(wal.name(index).toString(), wal.segments().get(index));
    }

    private void archive(String name, byte[] content) throws IOException {
        Path file = Files.write(directory.resolve("segment"), content);
        assertThat(cluster.wal().push(name, file, Compression.DEFAULT)).isNotNull();
    }

    private ChangeFinder.Request request(Optional<Way> way, Lsn start, TimelineHistory history) {
        ControlFile control = new ControlFile(
                TinyRepository.VERSION,
                WalBuilder.SYSTEM_IDENTIFIER,
                ClusterState.IN_PRODUCTION,
                Instant.EPOCH,
                new ControlFile.Checkpoint(start, start, 1, 1, 700, Instant.EPOCH),
                new ControlFile.Recovery(Lsn.INVALID, 0, Lsn.INVALID, Lsn.INVALID, false),
                new ControlFile.Layout(8192, 131_072, 8192, 1 << 20),
                WalLevel.REPLICA,
                0);
        return new ChangeFinder.Request(
                way,
                base,
                start,
                history,
                control,
                directory,
                cluster.wal(),
                directory,
                directory,
                2,
                true,
                clock.instant(),
                doubt);
    }

    private Changes find(Optional<Way> way, Lsn start) {
        return new ChangeFinder(Optional.empty(), Progress.SILENT).find(request(way, start, TimelineHistory.of(1)));
    }

    private List<Long> changed(Lsn start) {
        return changed(find(Optional.of(Way.WAL), start));
    }

    /** The changed blocks of relation 16384. */
    private static List<Long> changed(Changes found) {
        List<Long> changed = new ArrayList<>();
        try (Changes changes = found) {
            assertThat(changes.way()).isEqualTo(Way.WAL);
            ChangedBlocks blocks = ((Changes.Listed) changes).blocks();
            blocks.file(RelationFile.parse("base/5/16384").orElseThrow(), 1, 100 * 8192);
            try (ChangedBlocks.Files files = blocks.byFile()) {
                BlockSet set = files.of(1);
                for (long block = 0; block < 100; block++) {
                    if (set.groups() > 0 && block < 64 && ((set.low(0) >>> block) & 1) == 1) {
                        changed.add(block);
                    }
                }
            }
        }
        return changed;
    }

    private void assertUnable(Lsn start, String why) {
        assertThatThrownBy(() -> changed(start))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BASE_UNUSABLE))
                .hasMessageContaining("cannot be found by wal")
                .hasMessageContaining(why);
        try (Changes other = find(Optional.empty(), start)) {
            // The next one, for without page checksums an LSN does not tell.
            assertThat(other.way()).isEqualTo(Way.HASH);
        }
    }

    private long summaries() {
        return TinyRepository.names(storage).stream()
                .filter(name -> name.last().endsWith(".summary"))
                .count();
    }

    @Test
    void missingSummariesAreMadeAndStored() throws IOException {
        threeSegments();
        for (int i = 0; i < 3; i++) {
            archive(i);
        }
        Lsn end = new Lsn(wal.lsn());

        assertThat(changed(end)).containsExactly(1L, 2L, 3L, 20L);
        assertThat(summaries()).isEqualTo(3);
        assertThat(changed(end)).as("by the stored ones").containsExactly(1L, 2L, 3L, 20L);
    }

    @Test
    void whatTheArchiveDoesNotHaveYetIsReadInTheServersOwnDirectory() throws IOException {
        threeSegments();
        archive(0);
        Files.write(directory.resolve(wal.name(1).toString()), wal.segments().get(1));
        byte[] current = wal.segments().get(2);
        java.util.Arrays.fill(current, 8192, current.length, (byte) 0x5A);
        Files.write(directory.resolve(wal.name(2).toString()), current);

        assertThat(changed(new Lsn(0x500000 + 40 + 4000))).contains(1L, 2L, 20L);
        assertThat(summaries()).as("an incomplete one is not stored").isEqualTo(1);
    }

    @Test
    void whereTheServerMayHaveBeenSetBackOnlyHashesAreBelievedUnlessAnotherWayIsAskedFor() throws IOException {
        threeSegments();
        for (int i = 0; i < 3; i++) {
            archive(i);
        }
        doubt = Optional.of("nothing proves it");
        Lsn end = new Lsn(wal.lsn());
        assertThat(find(Optional.empty(), end).way()).isEqualTo(Way.HASH);
        assertThat(find(Optional.of(Way.HASH), end).way()).isEqualTo(Way.HASH);
        assertThat(find(Optional.of(Way.WAL), end).way()).as("asked for").isEqualTo(Way.WAL);
    }

    @Test
    void aGapIsNamed() throws IOException {
        threeSegments();
        archive(0);
        archive(2);

        assertUnable(
                new Lsn(wal.lsn()),
                "WAL segment 000000010000000000000004 is neither in the archive nor in " + directory);
    }

    @Test
    void aSegmentThatCannotBeUnderstoodIsNamed() throws IOException {
        threeSegments();
        archive(0);
        byte[] unsound = wal.segments().get(1);
        unsound[60] ^= 1;
        archive(wal.name(1).toString(), unsound);
        archive(2);

        assertUnable(
                new Lsn(wal.lsn()),
                "WAL segment 000000010000000000000004 cannot be understood at 0/400028: the checksum of the record");
    }

    @Test
    void theLastSegmentOfATimelineMayBePartial() throws IOException {
        threeSegments();
        archive(0);
        byte[] partial = wal.segments().get(1);
        java.util.Arrays.fill(partial, 8192, partial.length, (byte) 0);
        archive(wal.name(1) + ".partial", partial);

        assertThat(changed(new Lsn(0x400028 + 144))).containsExactly(1L, 2L);
    }

    @Test
    void theYoungestTimelineThatReachesASegmentCounts() throws IOException {
        threeSegments();
        archive(0);
        long _ = archiveOldPrimarysOwn();
        byte[] promoted = wal.segments().get(1);
        archive("000000020000000000000004", promoted);
        archive("000000020000000000000005", wal.segments().get(2));
        TimelineHistory history =
                new TimelineHistory(2, List.of(new TimelineHistory.Ancestor(1, new Lsn(0x400100), "")));

        Changes found = new ChangeFinder(Optional.empty(), Progress.SILENT)
                .find(request(Optional.of(Way.WAL), new Lsn(wal.lsn()), history));

        assertThat(changed(found)).as("not 63, of the left timeline").containsExactly(1L, 2L, 3L, 20L);
    }

    /** The old primary went on and archived another segment 4. */
    private long archiveOldPrimarysOwn() throws IOException {
        WalBuilder other = WalBuilder.of(TinyRepository.VERSION);
        long _ = other.add(Draft.of(10, 0).block(1663, 5, 16384, 0, 1, 100));
        long _ = other.switchSegment();
        long lsn = other.add(Draft.of(10, 0).block(1663, 5, 16384, 0, 63, 100));
        long _ = other.switchSegment();
        archive(other.name(1).toString(), other.segments().get(1));
        return lsn;
    }

    @Test
    void minimalWalIsRefused() throws IOException {
        ByteBuffer parameters = ByteBuffer.allocate(28).order(ByteOrder.LITTLE_ENDIAN);
        long _ = wal.add(Draft.of(0, 0x60).main(parameters.array()));
        long _ = wal.switchSegment();
        archive(0);

        assertUnable(new Lsn(0x400000), "WAL segment 000000010000000000000003 tells of wal_level minimal");
    }

    @Test
    void nothingIsReadWhenNothingWasWritten() {
        assertThat(changed(base.startLsn())).isEmpty();
    }
}
