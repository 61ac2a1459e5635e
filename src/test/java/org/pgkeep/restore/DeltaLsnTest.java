package org.pgkeep.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.codec.Compression;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.PageCheck;
import org.pgkeep.postgres.PageVerdict;
import org.pgkeep.postgres.RecoveryTarget;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.progress.Warnings;
import org.pgkeep.storage.memory.MemoryStorage;

/**
 * Which pages {@code --delta=lsn} trusts. A page that cannot be there, with an old LSN and another content than the backup's, shows
 * whether it was looked at.
 */
class DeltaLsnTest {
    private static final int BLOCK = 8192;
    private static final String BEFORE = "0/1FFFF00";
    private static final String START = "0/2000028";
    private static final String AFTER = "0/2000030";
    private static final String END = "0/5000028";
    private static final String RELATION = "base/5/16384";
    private static final String SEGMENT = "000000010000000000000003";
    private static final String REUSED = "000000010000000000000009";

    @TempDir
    private Path directory;

    private Path target;
    private Cluster cluster;
    private final List<String> warnings = new ArrayList<>();
    private final Random random = new Random(1);

    @BeforeEach
    void makeCluster() throws Exception {
        target = directory.resolve("data");
        cluster = new Cluster(new MemoryStorage());
        cluster.file(
                "global/pg_control", ControlBytes.of(Cluster.SYSTEM_IDENTIFIER).done());
        cluster.directory("base/5", 0700);
        cluster.file("base/5/PG_VERSION", new byte[] {'1', '5', '\n'});
        ByteBuffer relation = ByteBuffer.allocate(4 * BLOCK);
        for (int block = 0; block < 4; block++) {
            relation.put(page(BEFORE, block));
        }
        cluster.file(RELATION, relation.array());
    }

    /** A sound page with this LSN. */
    private byte[] page(String lsn, int block) {
        byte[] page = new byte[BLOCK];
        random.nextBytes(page);
        ByteBuffer header = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(0, (int) (Lsn.parse(lsn).value() >>> 32))
                .putInt(4, (int) Lsn.parse(lsn).value());
        header.putShort(8, (short) 0).putShort(10, (short) 0).putShort(12, (short) 24);
        header.putShort(14, (short) 8192).putShort(16, (short) 8192).putShort(18, (short) (8192 | 4));
        PageVerdict verdict = new PageCheck(BLOCK, true).check(page, 0, block);
        header.putShort(8, (short) ((PageVerdict.BadChecksum) verdict).expected());
        return page;
    }

    /** A backup, restored, and the server that ran there went on to {@link #END} and was shut down. */
    private void makeTarget() throws Exception {
        cluster.backup(directory);
        restore(Delta.OFF);
        setControl(ControlBytes.of(Cluster.SYSTEM_IDENTIFIER).shutDownAt(1, END));
        Path segment = Files.write(target.resolve("pg_wal").resolve(REUSED), segment("0/3000000", 1));
        cluster.store.wal().push(SEGMENT, segment, Compression.DEFAULT);
    }

    private void setControl(ControlBytes control) throws IOException {
        Files.write(target.resolve("global/pg_control"), control.done());
    }

    private byte[] segment(String address, int timeline) {
        byte[] content = new byte[Cluster.SEGMENT_BYTES];
        random.nextBytes(content);
        ByteBuffer header = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        header.putShort(0, (short) 0xD110).putShort(2, (short) 2).putInt(4, timeline);
        header.putLong(8, Lsn.parse(address).value()).putLong(24, Cluster.SYSTEM_IDENTIFIER);
        header.putInt(32, Cluster.SEGMENT_BYTES).putInt(36, BLOCK);
        return content;
    }

    private RestoreResult restore(Delta delta) {
        RestoreRequest request =
                RestoreRequest.of(target, RestoreTest.to(new RecoveryTarget.Immediate()), 2, directory);
        return new Restore(cluster.store, new Warnings(warnings), Instant::now).run(request.withDelta(delta));
    }

    private byte[] put(int block, byte[] page) throws IOException {
        try (FileChannel channel = FileChannel.open(target.resolve(RELATION), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(page), (long) block * BLOCK);
        }
        return page;
    }

    private byte[] block(int block) throws IOException {
        return Arrays.copyOfRange(Files.readAllBytes(target.resolve(RELATION)), block * BLOCK, (block + 1) * BLOCK);
    }

    /** Whether an impossible page survives; if not, everything must be the backup's. */
    private boolean isTrusted() throws IOException {
        byte[] impossible = put(1, page(BEFORE, 1));
        RestoreResult result = restore(Delta.LSN);
        boolean survived = Arrays.equals(block(1), impossible);
        assertThat(result.delta().orElseThrow().trustedBlocks()).isEqualTo(survived ? 4 : 0);
        if (!survived) {
            RestoredTree.assertContent(cluster, target);
        }
        return survived;
    }

    private void assertDistrusted(String why) throws IOException {
        assertThat(isTrusted()).isFalse();
        assertThat(warnings).last().asString().contains("no page is trusted by its LSN", why);
    }

    @Test
    void aPageOlderThanTheBackupIsLeftAloneWhenThePastIsShared() throws Exception {
        makeTarget();
        assertThat(isTrusted()).isTrue();
        assertThat(warnings).isEmpty();
    }

    @Test
    void onlySoundPagesFromBeforeTheStartAreTrusted() throws Exception {
        makeTarget();
        put(0, page(AFTER, 0));
        byte[] flipped = page(BEFORE, 1);
        flipped[4711] ^= 1;
        put(1, flipped);
        put(2, page("0/3E8", 2));
        byte[] atStart = put(3, page(START, 3));

        assertThat(restore(Delta.LSN).delta().orElseThrow().trustedBlocks()).isEqualTo(1);

        assertThat(block(3)).isEqualTo(atStart);
        byte[] backup = cluster.files.get(org.pgkeep.repository.PathName.of(RELATION));
        assertThat(Arrays.copyOf(Files.readAllBytes(target.resolve(RELATION)), 3 * BLOCK))
                .isEqualTo(Arrays.copyOf(backup, 3 * BLOCK));
    }

    @Test
    void otherForksAndFilesAreCompared() throws Exception {
        cluster.file(RELATION + "_vm", page(BEFORE, 0));
        cluster.file("pg_xact/0000", page(BEFORE, 0));
        makeTarget();
        Files.write(target.resolve(RELATION + "_vm"), page(BEFORE, 0));
        Files.write(target.resolve("pg_xact/0000"), page(BEFORE, 0));

        restore(Delta.LSN);

        RestoredTree.assertContent(cluster, target);
    }

    @Test
    void aClusterThatEndedBeforeTheBackupBeganMayLackWhatWasChangedSince() throws Exception {
        makeTarget();
        setControl(ControlBytes.of(Cluster.SYSTEM_IDENTIFIER).shutDownAt(1, "0/2000000"));
        assertDistrusted("ended at 0/2000000");
    }

    @Test
    void aClusterThatCrashedIsNotTrusted() throws Exception {
        makeTarget();
        setControl(ControlBytes.of(Cluster.SYSTEM_IDENTIFIER));
        assertDistrusted("in production");
    }

    @Test
    void withoutChecksumsAPageMayHoldHintBitsFromTheFuture() throws Exception {
        makeTarget();
        setControl(ControlBytes.of(Cluster.SYSTEM_IDENTIFIER).shutDownAt(1, END).withoutChecksums());
        assertDistrusted("hint bits");
    }

    @Test
    void aTimelineThatWasLeftBeforeTheBackupIsNotTrusted() throws Exception {
        makeTarget();
        moveToTimeline2("0/1000060");
        assertDistrusted("does not pass through");
    }

    @Test
    void aTimelineThatWasLeftAfterTheBackupIsTrusted() throws Exception {
        makeTarget();
        moveToTimeline2("0/3000060");
        assertThat(isTrusted()).isTrue();
    }

    private void moveToTimeline2(String at) throws IOException {
        setControl(ControlBytes.of(Cluster.SYSTEM_IDENTIFIER).shutDownAt(2, END));
        Files.writeString(target.resolve("pg_wal/00000002.history"), "1\t" + at + "\tpromoted\n");
    }

    @Test
    void aTimelineOfUnknownDescentIsNotTrusted() throws Exception {
        makeTarget();
        setControl(ControlBytes.of(Cluster.SYSTEM_IDENTIFIER).shutDownAt(2, END));
        assertDistrusted("the history of timeline 2 is not known");
    }

    @Test
    void aCopyThatCountsTheSameTimelinesIsNotTrusted() throws Exception {
        makeTarget();
        Files.write(target.resolve("pg_wal").resolve(REUSED), segment("0/3000000", 1));
        assertDistrusted("a copy with a life of its own");
    }

    @Test
    void walFromBeforeTheBackupOrAfterTheClustersEndProvesNothing() throws Exception {
        makeTarget();
        Files.delete(target.resolve("pg_wal").resolve(REUSED));
        for (String number : List.of("1", "5")) {
            Path segment = target.resolve("pg_wal/00000001000000000000000" + number);
            Files.write(segment, segment("0/" + number + "000000", 1));
            cluster.store.wal().push(segment.getFileName().toString(), segment, Compression.DEFAULT);
        }
        assertDistrusted("a copy with a life of its own");
    }

    @Test
    void aDatabaseThatWasMadeAnewIsNotTrusted() throws Exception {
        makeTarget();
        Files.setLastModifiedTime(target.resolve("base/5/PG_VERSION"), FileTime.from(Instant.now()));
        assertThat(isTrusted()).isFalse();
        assertThat(warnings).isEmpty();
    }

    @Test
    void whatAnInterruptedRestoreLeftIsComparedWhole() throws Exception {
        makeTarget();
        OldControl.setAside(target);
        Mark.set(target, cluster.store.backups().getFirst().label(), Set.of()).close();
        assertDistrusted("interrupted");
    }

    @Test
    void historiesAreComparedByTimelineAndBySwitch() {
        Lsn lsn = Lsn.parse("0/4000000");
        TimelineHistory backup = TimelineHistory.parse(2, "1\t0/3000000\tx\n");
        assertThat(SharedPast.passesThrough(backup, backup, lsn)).isTrue();
        assertThat(SharedPast.passesThrough(TimelineHistory.parse(2, "1\t0/3000060\ty\n"), backup, lsn))
                .as("the same number for a timeline that was begun elsewhere")
                .isFalse();
        assertThat(SharedPast.passesThrough(
                        TimelineHistory.parse(3, "1\t0/3000000\tx\n2\t0/4000000\ty\n"), backup, lsn))
                .as("left at this very LSN")
                .isTrue();
        assertThat(SharedPast.passesThrough(
                        TimelineHistory.parse(3, "1\t0/3000000\tx\n2\t0/3FFFFF8\ty\n"), backup, lsn))
                .isFalse();
        assertThat(SharedPast.passesThrough(TimelineHistory.parse(3, "1\t0/3000000\tx\n"), backup, lsn))
                .as("another branch")
                .isFalse();
        assertThat(SharedPast.passesThrough(TimelineHistory.of(1), backup, lsn)).isFalse();
    }
}
