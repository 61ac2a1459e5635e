package org.pgkeep.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.codec.Compression;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.wal.WalBuilder;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.repository.WalArchive;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.memory.MemoryStorage;

class ArchivePushTest {
    private static final String SEGMENT = "000000010000000000000003";

    @TempDir
    private Path pgdata;

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final MemoryStorage storage = new MemoryStorage();
    private final WalArchive wal = TinyRepository.cluster(storage, clock).wal();

    @BeforeEach
    void makeWalDirectory() throws IOException {
        Files.createDirectory(pgdata.resolve("pg_wal"));
    }

    @Test
    void aSegmentIsStoredAndSaidToBeThereTheSecondTime() throws IOException {
        write(SEGMENT, TinyRepository.segment(SEGMENT, 1));
        assertThat(push("pg_wal/" + SEGMENT))
                .isEqualTo(new ArchivePush.Result(SEGMENT, WalArchive.Pushed.STORED, Optional.empty()));
        assertThat(push("pg_wal/" + SEGMENT).pushed()).isEqualTo(WalArchive.Pushed.ALREADY_THERE);
        assertThat(wal.find(SEGMENT)).isPresent();
    }

    @Test
    void anAbsolutePathIsTakenAsItIs() throws IOException {
        Path file = write(SEGMENT, TinyRepository.segment(SEGMENT, 1));
        assertThat(push(file.toString()).pushed()).isEqualTo(WalArchive.Pushed.STORED);
    }

    @Test
    void aPartialSegmentIsStoredBesideTheWholeOne() throws IOException {
        write(SEGMENT + ".partial", TinyRepository.segment(SEGMENT, 1));
        write(SEGMENT, TinyRepository.segment(SEGMENT, 2));
        push("pg_wal/" + SEGMENT + ".partial");
        push("pg_wal/" + SEGMENT);
        assertThat(wal.find(SEGMENT)).isPresent();
        assertThat(wal.find(SEGMENT + ".partial")).isPresent();
    }

    @Test
    void historiesAreStored() throws IOException {
        write("00000002.history", "1\t0/400000\tno recovery target specified\n".getBytes(StandardCharsets.US_ASCII));
        write(SEGMENT + ".00000028.backup", new byte[] {'x'});
        assertThat(push("pg_wal/00000002.history").pushed()).isEqualTo(WalArchive.Pushed.STORED);
        assertThat(push("pg_wal/" + SEGMENT + ".00000028.backup").pushed()).isEqualTo(WalArchive.Pushed.STORED);
    }

    /** A standby that followed its upstream to a new timeline archives the last segment of the old one with a recycled file's old bytes in it. */
    @Test
    void whatIsBehindTheSwitchToAnotherTimelineIsNoConflict() throws IOException {
        byte[] stored = TinyRepository.segment(SEGMENT, 1);
        write(SEGMENT, stored);
        push("pg_wal/" + SEGMENT);
        write("00000002.history", history("0/380000"));
        write(SEGMENT, from(0x80000, stored));
        assertThat(push("pg_wal/" + SEGMENT).pushed()).isEqualTo(WalArchive.Pushed.ALREADY_THERE);
        assertThat(wal.storedBeside(SegmentName.parse(SEGMENT).orElseThrow())).hasSize(1);
        write("00000003.history", "1\t0/380000\tx\n2\t0/500000\tx\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(push("pg_wal/" + SEGMENT).pushed()).isEqualTo(WalArchive.Pushed.ALREADY_THERE);

        write(SEGMENT, from(0x7FFFF, stored));
        assertRefused(SEGMENT, ErrorCode.CONFLICT, "with another content");
    }

    /** Two standbys follow the same server at the same moment: both have looked before either stores. */
    @Test
    void twoContentsThatDifferBehindTheSwitchAreOne() throws IOException {
        byte[] first = TinyRepository.segment(SEGMENT, 1);
        byte[] second = from(0x80000, first);
        write("00000002.history", history("0/380000"));
        push("pg_wal/00000002.history");
        pushAtOnce(first, second);
        for (byte[] again : List.of(first, second)) {
            write(SEGMENT, again);
            assertThat(push("pg_wal/" + SEGMENT).pushed()).isEqualTo(WalArchive.Pushed.ALREADY_THERE);
        }
        WalArchive.Stored found = wal.find(SEGMENT).orElseThrow();
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        long _ = wal.copyTo(found, content);
        assertThat(content.toByteArray()).isIn(first, second).startsWith(Arrays.copyOf(first, 0x80000));
        assertThat(wal.storedBeside(SegmentName.parse(SEGMENT).orElseThrow())).hasSize(1);
        assertThat(wal.isAmbiguous(SEGMENT)).isFalse();
        write(SEGMENT, from(0x7FFFF, first));
        assertRefused(SEGMENT, ErrorCode.CONFLICT, "with another content");
    }

    @Test
    void twoContentsThatDifferBeforeTheSwitchAreAConflict() throws IOException {
        byte[] first = TinyRepository.segment(SEGMENT, 1);
        byte[] second = from(0x7FFFF, first);
        write("00000002.history", history("0/380000"));
        push("pg_wal/00000002.history");
        pushAtOnce(first, second);
        write(SEGMENT, first);
        assertRefused(SEGMENT, ErrorCode.CONFLICT, "with two contents");
        assertThat(wal.isAmbiguous(SEGMENT)).isTrue();
    }

    /** As two hosts do that see nothing of each other: into another repository first, from where the object is taken over. */
    private void pushAtOnce(byte[] first, byte[] second) throws IOException {
        write(SEGMENT, second);
        MemoryStorage elsewhere = new MemoryStorage();
        TinyRepository.cluster(elsewhere, clock)
                .wal()
                .push(SEGMENT, pgdata.resolve("pg_wal/" + SEGMENT), Compression.DEFAULT);
        write(SEGMENT, first);
        push("pg_wal/" + SEGMENT);
        ObjectName object = TinyRepository.only(elsewhere, ".zst");
        assertThat(storage.create(object, TinyRepository.bytes(elsewhere, object)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0/2FFFF8", "0/300000", "0/400000", "0/400028"})
    void aSwitchToAnotherTimelineInAnotherSegmentExplainsNoConflict(String end) throws IOException {
        byte[] stored = TinyRepository.segment(SEGMENT, 1);
        write(SEGMENT, stored);
        push("pg_wal/" + SEGMENT);
        write("00000002.history", history(end));
        write(SEGMENT, from(0xFFFF8, stored));
        assertRefused(SEGMENT, ErrorCode.CONFLICT, "with another content");
    }

    private static byte[] history(String end) {
        return ("1\t" + end + "\tno recovery target specified\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** Other bytes from an offset on. */
    private static byte[] from(int offset, byte[] segment) {
        byte[] other = segment.clone();
        Arrays.fill(other, offset, other.length, (byte) 0x55);
        return other;
    }

    @Test
    void aSegmentOfAnotherClusterIsRefused() throws IOException {
        write(SEGMENT, TinyRepository.segment(SEGMENT, 1, 0x1234));
        assertRefused(SEGMENT, ErrorCode.CLUSTER_MISMATCH, "system identifier 4660");
    }

    /** PostgreSQL recycles segments by renaming: until it is written, the new name holds the old content. */
    @Test
    void aRecycledSegmentIsRefused() throws IOException {
        write(SEGMENT, TinyRepository.segment("000000010000000000000001", 1));
        assertRefused(SEGMENT, ErrorCode.CLUSTER_DAMAGED, "its first page is that of 0/100000");
    }

    @Test
    void aSegmentOfALaterTimelineIsRefusedUnderAnEarlierName() throws IOException {
        write(SEGMENT, TinyRepository.segment("000000020000000000000003", 1));
        assertRefused(SEGMENT, ErrorCode.CLUSTER_DAMAGED, "its first page is of timeline 2");
    }

    /** The first segment of a new timeline begins with pages of the old one. */
    @Test
    void aSegmentThatBeganOnTheOldTimelineIsStored() throws IOException {
        String name = "000000020000000000000003";
        write(name, TinyRepository.segment(SEGMENT, 1));
        assertThat(push("pg_wal/" + name).pushed()).isEqualTo(WalArchive.Pushed.STORED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 39, 40, 8192, (1 << 20) - 1, (1 << 20) + 1})
    void aSegmentOfAnotherLengthIsRefused(int length) throws IOException {
        write(SEGMENT, Arrays.copyOf(TinyRepository.segment(SEGMENT, 1), length));
        assertRefused(SEGMENT, ErrorCode.CLUSTER_DAMAGED, SEGMENT);
    }

    @Test
    void aHistoryThatIsNoneIsRefused() throws IOException {
        write("00000002.history", "3\t0/400000\tfrom the future\n".getBytes(StandardCharsets.US_ASCII));
        assertRefused("00000002.history", ErrorCode.CLUSTER_DAMAGED, "00000002.history");
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgresql.conf", "00000001000000000000000g", "00000002.history.tmp", "archive_status"})
    void whatPostgresNeverArchivesIsRefused(String name) throws IOException {
        write(name, new byte[1]);
        assertRefused(name, ErrorCode.USAGE, name);
    }

    @Test
    void aFileThatIsNotThereIsAnError() {
        assertRefused(SEGMENT, ErrorCode.PATH_MISSING, "pg_wal/" + SEGMENT);
    }

    @Test
    void aClusterThatIsNotRegisteredIsAnError() throws IOException {
        Path file = write(SEGMENT, TinyRepository.segment(SEGMENT, 1));
        assertThatThrownBy(() -> new ArchivePush(Repository.open(storage, clock))
                        .push(new ArchivePush.Request(
                                new ClusterName("other"),
                                file.toString(),
                                Optional.empty(),
                                Compression.DEFAULT,
                                true)))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLUSTER_UNKNOWN));
    }

    @Test
    void aSegmentIsSummarizedAndOneThatCannotBeIsArchivedAllTheSame() throws IOException {
        WalBuilder wal = WalBuilder.of(MajorVersion.V17);
        long _ = wal.add(WalBuilder.Draft.of(10, 0).block(1663, 5, 16384, 0, 7, 100));
        long _ = wal.switchSegment();
        byte[] sound = wal.segments().getFirst();
        ByteBuffer.wrap(sound).order(ByteOrder.LITTLE_ENDIAN).putLong(24, TinyRepository.SYSTEM_IDENTIFIER);
        byte[] unsound = sound.clone();
        unsound[100] ^= 1;
        Path _ = write(SEGMENT, sound);
        assertThat(summarized("pg_wal/" + SEGMENT).unsummarized()).isEmpty();
        assertThat(TinyRepository.only(storage, ".summary").toString()).contains(SEGMENT);

        String next = "000000010000000000000004";
        ByteBuffer.wrap(unsound).order(ByteOrder.LITTLE_ENDIAN).putLong(8, 0x400000);
        Path _ = write(next, unsound);
        ArchivePush.Result result = summarized("pg_wal/" + next);
        assertThat(result.pushed()).isEqualTo(WalArchive.Pushed.STORED);
        assertThat(result.unsummarized().orElseThrow())
                .isEqualTo("WAL segment " + next
                        + " cannot be understood at 0/400028: the checksum of the record is wrong");
    }

    private ArchivePush.Result summarized(String path) {
        return new ArchivePush(Repository.open(storage, clock))
                .push(new ArchivePush.Request(
                        TinyRepository.MAIN, path, Optional.of(pgdata), Compression.DEFAULT, true));
    }

    private Path write(String name, byte[] content) throws IOException {
        return Files.write(pgdata.resolve("pg_wal").resolve(name), content);
    }

    private ArchivePush.Result push(String path) {
        return new ArchivePush(Repository.open(storage, clock))
                .push(new ArchivePush.Request(
                        TinyRepository.MAIN, path, Optional.of(pgdata), Compression.DEFAULT, false));
    }

    private void assertRefused(String name, ErrorCode code, String says) {
        int before = TinyRepository.names(storage).size();
        assertThatThrownBy(() -> push("pg_wal/" + name))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(says);
        assertThat(TinyRepository.names(storage)).hasSize(before);
    }
}
