package org.pgkeep.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.RecoveryTarget;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.PathName;
import org.pgkeep.storage.memory.MemoryStorage;

class DeltaTest {
    private static final int BLOCK = 8192;

    /** Blocks that are always written: pg_control, under its name for now. */
    private static final int ALWAYS = 1;

    @TempDir
    private Path directory;

    private Path target;
    private Cluster cluster;

    @BeforeEach
    void makeCluster() {
        target = directory.resolve("data");
        cluster = clusterWithControl();
    }

    static Cluster clusterWithControl() {
        Cluster made = new Cluster(new MemoryStorage());
        made.file(
                "global/pg_control", ControlBytes.of(Cluster.SYSTEM_IDENTIFIER).done());
        return made;
    }

    private RestoreRequest plain() {
        return RestoreRequest.of(target, RestoreTest.to(new RecoveryTarget.Latest()), 3, directory);
    }

    /** Who owns the directory may have put them there; root may be who restores. */
    @Test
    void linksInTheDirectoryLeadNoFileOfTheRestoreElsewhere() throws Exception {
        cluster.backup(directory);
        restore(plain());
        Path victim = Files.writeString(directory.resolve("victim"), "precious");
        for (String name : List.of("backup_label", "backup_manifest", "recovery.signal", "postgresql.auto.conf")) {
            Files.deleteIfExists(target.resolve(name));
            Files.createSymbolicLink(target.resolve(name), victim);
        }

        restore(delta());

        assertThat(victim).hasContent("precious");
        assertThat(Files.readString(target.resolve("postgresql.auto.conf"))).contains("work_mem");
        assertThat(target.resolve("backup_label")).content().contains("START WAL LOCATION");
    }

    private RestoreRequest delta() {
        return plain().withDelta(Delta.HASH);
    }

    private RestoreResult restore(RestoreRequest request) {
        return new Restore(cluster.store, Progress.SILENT, Instant::now).run(request);
    }

    private DeltaReport report(RestoreRequest request) {
        return restore(request).delta().orElseThrow();
    }

    private void assertRefused(RestoreRequest request, ErrorCode code, String... words) throws IOException {
        Map<String, String> before = everything();
        assertThatThrownBy(() -> restore(request))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContainingAll(words);
        assertThat(everything()).isEqualTo(before);
    }

    /** Every path below the temporary directory with its time and length. */
    private Map<String, String> everything() throws IOException {
        Map<String, String> found = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(directory)) {
            for (Path path : walk.toList()) {
                FileTime time = Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS);
                long size = Files.isRegularFile(path) ? Files.size(path) : 0;
                found.put(path.toUri().toString(), time + " " + size);
            }
        }
        return found;
    }

    private static void write(Path file, long at, byte... bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), at);
        }
    }

    @Test
    void whateverHappenedToADirectoryItBecomesTheBackupAgain() throws Exception {
        for (int round = 0; round < 6; round++) {
            long seed = new Random().nextLong();
            cluster = clusterWithControl();
            target = directory.resolve("data" + round);
            new RandomTree(seed).fill(cluster);
            cluster.backup(directory);
            restore(plain());
            new Vandal(seed).damage(target);
            try {
                restore(delta());
                RestoredTree.assertContent(cluster, target);
                RestoredTree.assertAttributes(cluster, target);
                assertThat(OldControl.pathIn(target)).doesNotExist();
                assertThat(target.resolve(Mark.NAME)).doesNotExist();
                verifyBackup();
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private void verifyBackup() throws Exception {
        Path program = Path.of("/usr/lib/postgresql/15/bin/pg_verifybackup");
        if (Files.isExecutable(program)) {
            Process verify = new ProcessBuilder(program.toString(), "-n", target.toString())
                    .redirectErrorStream(true)
                    .start();
            assertThat(new String(verify.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                    .contains("successfully verified");
        }
    }

    @Test
    void anUnchangedDirectoryIsNeitherFetchedNorWritten() throws Exception {
        new RandomTree(11).fill(cluster);
        cluster.backup(directory);
        restore(plain());

        DeltaReport report = report(delta());

        assertThat(report.writtenBlocks()).isEqualTo(ALWAYS);
        assertThat(report.fetchedBytes()).isLessThan(report.storedBytes() / 2);
        assertThat(report.comparedBlocks()).isGreaterThan(1000);
        // backup_label, backup_manifest, recovery.signal
        assertThat(report.removedFiles()).isEqualTo(3);
    }

    @Test
    void onlyBlocksThatDifferAreWritten() throws Exception {
        cluster.file("base/16384", Cluster.bytes(new Random(1), 400 * BLOCK));
        cluster.backup(directory);
        restore(plain());
        Path file = target.resolve("base/16384");
        write(file, 5 * BLOCK + 17, (byte) 1, (byte) 2);
        write(file, 300 * BLOCK - 1, (byte) 3, (byte) 4);

        DeltaReport report = report(delta());

        assertThat(report.writtenBlocks()).isEqualTo(3 + ALWAYS);
        RestoredTree.assertContent(cluster, target);
    }

    @Test
    void holesAreFreedOfWhatStandsInThem() throws Exception {
        byte[] holed = new byte[600 * BLOCK + 100];
        holed[300 * BLOCK] = 1;
        cluster.file("base/16384", holed);
        cluster.backup(directory);
        restore(plain());
        write(target.resolve("base/16384"), 100 * BLOCK, (byte) 9);
        write(target.resolve("base/16384"), 600 * BLOCK + 99, (byte) 9, (byte) 9);

        assertThat(report(delta()).writtenBlocks()).isEqualTo(2 + ALWAYS);
        RestoredTree.assertContent(cluster, target);
    }

    @Test
    void whatAServerLeftIsRemoved() throws Exception {
        cluster.directory("pg_replslot", 0700);
        cluster.backup(directory);
        restore(plain());
        Files.writeString(target.resolve("postmaster.pid"), "999999999\n" + target + "\n1\n5432\n/tmp\n*\n");
        Files.createDirectory(target.resolve("pg_replslot/mine"));
        Files.writeString(target.resolve("pg_replslot/mine/state"), "x");
        for (String name : new String[] {
            "standby.signal",
            "tablespace_map",
            "backup_label.old",
            "pg_wal/000000010000000000000005",
            "pg_wal/archive_status/000000010000000000000004.ready"
        }) {
            Files.writeString(target.resolve(name), "x");
        }

        restore(delta());

        RestoredTree.assertContent(cluster, target);
        assertThat(target.resolve("pg_replslot")).isEmptyDirectory();
        assertThat(target.resolve("recovery.signal")).exists();
        assertThat(target.resolve("standby.signal")).doesNotExist();
    }

    @Test
    void anAbsentTargetIsRestoredAsEver() throws Exception {
        cluster.backup(directory);

        assertThat(restore(delta()).delta()).isEmpty();
        RestoredTree.assertContent(cluster, target);
    }

    @Test
    void aDirectoryThatIsNotKnownToBeThisClustersIsNotTouched() throws Exception {
        cluster.backup(directory);
        Files.createDirectory(target);
        Files.writeString(target.resolve("diary"), "dear");
        assertRefused(delta(), ErrorCode.PATH_NOT_EMPTY, target.toString(), "it has no global/pg_control");
        assertRefused(delta().withForce(true), ErrorCode.PATH_NOT_EMPTY, "no PG_VERSION");

        Files.writeString(target.resolve("PG_VERSION"), "15\n");
        Files.createDirectory(target.resolve("global"));
        Files.write(target.resolve("global/pg_control"), new byte[8192]);
        assertRefused(delta(), ErrorCode.PATH_NOT_EMPTY, "global/pg_control");

        Files.write(target.resolve("global/pg_control"), ControlBytes.of(4711).done());
        assertRefused(delta(), ErrorCode.CLUSTER_MISMATCH, "4711", Long.toUnsignedString(Cluster.SYSTEM_IDENTIFIER));

        assertThat(restore(delta().withForce(true)).delta()).isEmpty();
        RestoredTree.assertContent(cluster, target);
    }

    @Test
    void aRunningServerIsRefused() throws Exception {
        cluster.backup(directory);
        restore(plain());
        long living = ProcessHandle.current().pid();
        Files.writeString(target.resolve("postmaster.pid"), living + "\n" + target + "\n1\n5432\n/tmp\n*\n");

        assertRefused(delta(), ErrorCode.SERVER_RUNNING, Long.toString(living));
        assertRefused(delta().withForce(true), ErrorCode.SERVER_RUNNING, Long.toString(living));
    }

    @Test
    void tablespacesAreComparedAndWhatIsNotTheirsStays() throws Exception {
        Path fast = directory.resolve("fast");
        cluster.tablespace(16400, "fast", fast);
        cluster.backup(directory);
        restore(plain());
        Path mine = Files.writeString(fast.resolve("mine"), "keep");
        Path otherVersion = Files.createDirectory(fast.resolve("PG_14_202107181"));
        Path stale = Files.writeString(fast.resolve("PG_15_202209061/5/99999"), "stale");
        write(fast.resolve("PG_15_202209061/5/16384"), BLOCK, (byte) 1);

        DeltaReport report = report(delta());

        assertThat(report.writtenBlocks()).isEqualTo(1 + ALWAYS);
        assertThat(stale).doesNotExist();
        assertThat(otherVersion).exists();
        assertThat(mine).hasContent("keep");
        Files.delete(mine);
        RestoredTree.assertContent(cluster, target);
    }

    @Test
    void aTablespaceIsNotPutOverFilesThatAreNotItsOwn() throws Exception {
        cluster.tablespace(16400, "fast", directory.resolve("fast"));
        cluster.backup(directory);
        restore(plain());
        Path foreign = Files.createDirectories(directory.resolve("foreign/PG_15_202209061/5"));
        Files.writeString(foreign.resolve("16384"), "another cluster's");
        RestoreRequest moved = delta().withRelocation(new Relocation(
                Map.of("fast", directory.resolve("foreign")), Optional.empty(), Map.of(), false));

        assertRefused(moved, ErrorCode.PATH_NOT_EMPTY, "foreign", "pg_tblspc/16400");
    }

    @Test
    void aTablespaceMayMoveIntoAnEmptyDirectory() throws Exception {
        Path fast = directory.resolve("fast");
        Path moved = directory.resolve("moved");
        cluster.tablespace(16400, "fast", fast);
        cluster.backup(directory);
        restore(plain());

        restore(delta().withRelocation(new Relocation(Map.of("fast", moved), Optional.empty(), Map.of(), false)));

        assertThat(Files.readSymbolicLink(target.resolve("pg_tblspc/16400"))).isEqualTo(moved);
        RestoredTree.assertContent(cluster, target);
        assertThat(fast.resolve("PG_15_202209061/5/16384")).as("the old place").exists();
    }

    @Test
    void aTablespaceInsideTheDataDirectoryIsComparedThere() throws Exception {
        cluster.tablespace(16400, "inner", target.resolve("inner"));
        cluster.backup(directory);
        restore(plain());

        assertThat(report(delta()).writtenBlocks()).isEqualTo(ALWAYS);
        assertThat(target.resolve("inner/PG_15_202209061/5/16384")).exists();
    }

    @Test
    void linksAndPlainDirectoriesReplaceEachOther() throws Exception {
        Path wal = directory.resolve("wal");
        Path conf = directory.resolve("postgresql.conf");
        cluster.directories.remove(PathName.of("pg_wal"));
        cluster.link("pg_wal", wal.toString(), 0700);
        cluster.directory("pg_wal/archive_status", 0700);
        cluster.file("postgresql.conf", new byte[] {4, 5});
        cluster.fileLinks.put(PathName.of("postgresql.conf"), PathName.of(conf.toString()));
        cluster.backup(directory);
        Relocation asLinks = new Relocation(Map.of(), Optional.empty(), Map.of(), true);
        restore(plain());

        restore(delta().withRelocation(asLinks));
        assertThat(Files.readSymbolicLink(target.resolve("pg_wal"))).isEqualTo(wal);
        assertThat(conf).hasBinaryContent(new byte[] {4, 5});
        Files.writeString(wal.resolve("000000010000000000000009"), "stale");
        Files.writeString(conf, "changed");

        restore(delta().withRelocation(asLinks));
        RestoredTree.assertContent(cluster, target);
        assertThat(conf).hasBinaryContent(new byte[] {4, 5});
        assertThat(wal.resolve("000000010000000000000009")).doesNotExist();

        restore(delta());
        RestoredTree.assertContent(cluster, target);
        assertThat(Files.isDirectory(target.resolve("pg_wal"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
        assertThat(conf).as("the old place").exists();
    }

    @Test
    void aFileThatAnotherClusterSharesIsNotChangedThere() throws Exception {
        cluster.file("base/16384", Cluster.bytes(new Random(3), 4 * BLOCK));
        cluster.backup(directory);
        restore(plain());
        Path shared = target.resolve("base/16384");
        write(shared, 0, (byte) 42);
        Path other = Files.createLink(directory.resolve("other"), shared);
        byte[] before = Files.readAllBytes(other);

        restore(delta());

        RestoredTree.assertContent(cluster, target);
        assertThat(other).hasBinaryContent(before);
    }

    @Test
    void aDryRunTouchesNothingAndSaysWhatTheRunThenDoes() throws Exception {
        new RandomTree(12).fill(cluster);
        cluster.tablespace(16400, "fast", directory.resolve("fast"));
        cluster.backup(directory);
        restore(plain());
        new Vandal(12).damage(target);
        Map<String, String> before = everything();

        RestoreResult foreseen = restore(delta().withDryRun(true));

        assertThat(everything()).isEqualTo(before);
        assertThat(foreseen.dryRun()).isTrue();
        assertThat(foreseen.written()).isEmpty();
        assertThat(report(delta())).isEqualTo(foreseen.delta().orElseThrow());
        RestoredTree.assertContent(cluster, target);
    }

    @Test
    void aDryRunIntoAnAbsentDirectoryMakesNothing() throws Exception {
        cluster.tablespace(16400, "fast", directory.resolve("fast"));
        cluster.backup(directory);

        RestoreResult foreseen = restore(plain().withDryRun(true));

        assertThat(foreseen.files()).isEqualTo(cluster.files.size());
        assertThat(foreseen.settings()).containsKey("restore_command");
        assertThat(foreseen.directories()).containsExactly(target, directory.resolve("fast"));
        assertThat(target).doesNotExist();
        assertThat(directory.resolve("fast")).doesNotExist();
    }

    @Test
    void filesOfOtherOwnersAreGivenBack() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can give files away");
        cluster.backup(directory);
        restore(plain());
        Files.setAttribute(target.resolve("PG_VERSION"), "unix:uid", 1);

        restore(delta());

        assertThat(Files.getAttribute(target.resolve("PG_VERSION"), "unix:uid")).isEqualTo(0);
    }
}
