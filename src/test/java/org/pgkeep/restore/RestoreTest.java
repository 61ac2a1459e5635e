package org.pgkeep.restore;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.RecoverySettings;
import org.pgkeep.postgres.RecoveryTarget;
import org.pgkeep.postgres.RecoveryTimeline;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupWal;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.PathName;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.memory.MemoryStorage;

class RestoreTest {
    @TempDir
    private Path directory;

    private Path target;
    private Cluster cluster;

    @BeforeEach
    void makeCluster() {
        target = directory.resolve("data");
        cluster = new Cluster(new MemoryStorage());
    }

    static RecoverySettings to(RecoveryTarget recoveryTarget) {
        return new RecoverySettings(
                recoveryTarget,
                true,
                RecoverySettings.Action.PROMOTE,
                new RecoveryTimeline.Latest(),
                false,
                Optional.of("pgkeep archive-get --cluster main %f \"%p\""),
                Optional.empty());
    }

    private RestoreRequest request() {
        return RestoreRequest.of(target, to(new RecoveryTarget.Latest()), 3, directory);
    }

    private RestoreResult restore(RestoreRequest request) {
        return new Restore(cluster.store, Progress.SILENT, Instant::now).run(request);
    }

    private ErrorCode failure(RestoreRequest request) {
        try {
            restore(request);
        } catch (PgkeepException e) {
            return e.code();
        }
        throw new AssertionError("the restore did not fail");
    }

    private void assertRestored() throws IOException {
        RestoredTree.assertContent(cluster, target);
    }

    @Test
    void randomTreesComeBackByteForByte() throws Exception {
        for (int round = 0; round < 4; round++) {
            long seed = new Random().nextLong();
            cluster = new Cluster(new MemoryStorage());
            target = directory.resolve("data" + round);
            new RandomTree(seed).fill(cluster);
            cluster.backup(directory);
            try {
                restore(request());
                assertRestored();
                RestoredTree.assertAttributes(cluster, target);
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    void holesStayHoles() throws Exception {
        cluster.file("base/hole", new byte[50 << 20]);
        cluster.backup(directory);

        restore(request());

        Path hole = target.resolve("base/hole");
        assertThat(Files.size(hole)).isEqualTo(50 << 20);
        Process du = new ProcessBuilder("du", "-k", hole.toString()).start();
        String kilobytes = new String(du.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(Long.parseLong(kilobytes.split("\\s")[0])).isLessThan(100);
    }

    @Test
    void whatPostgresNeedsBesideTheBackupIsThere() throws Exception {
        cluster.backup(directory);

        RestoreResult result = restore(request());

        assertThat(target.resolve("pg_wal/archive_status")).isDirectory();
        assertThat(target.resolve("backup_label")).hasContent("START WAL LOCATION: 0/2000028\n");
        assertThat(target.resolve("recovery.signal")).isEmptyFile();
        assertThat(target.resolve("postgresql.auto.conf"))
                .content()
                .startsWith("# do not edit\nwork_mem = '5MB'\n")
                .contains("restore_command = 'pgkeep archive-get --cluster main %f \"%p\"'");
        assertThat(target.resolve("pgkeep.restore")).doesNotExist();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
                .isEqualTo("rwx------");
        assertThat(result.settings()).containsKey("restore_command");
        assertThat(result.written())
                .contains("backup_label", "recovery.signal", "postgresql.auto.conf", "backup_manifest");
    }

    @ParameterizedTest
    @EnumSource(ManifestChecksum.class)
    void theServersOwnProgramAcceptsTheDirectory(ManifestChecksum checksum) throws Exception {
        Path program = Path.of("/usr/lib/postgresql/15/bin/pg_verifybackup");
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.isExecutable(program));
        new RandomTree(5).fill(cluster);
        cluster.tablespace(16400, "fast", directory.resolve("fast"));
        cluster.backup(directory);

        restore(request().withManifestChecksum(checksum));

        Process verify = new ProcessBuilder(program.toString(), "-n", target.toString())
                .redirectErrorStream(true)
                .start();
        assertThat(new String(verify.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                .contains("successfully verified");
        assertThat(verify.waitFor()).isZero();

        Path damaged = target.resolve("base/big");
        try (var channel = java.nio.channels.FileChannel.open(damaged, java.nio.file.StandardOpenOption.WRITE)) {
            channel.write(java.nio.ByteBuffer.wrap(new byte[] {42, 43}), 4711);
        }
        Process again = new ProcessBuilder(program.toString(), "-n", target.toString())
                .redirectErrorStream(true)
                .start();
        again.getInputStream().readAllBytes();
        assertThat(again.waitFor()).isEqualTo(checksum == ManifestChecksum.NONE ? 0 : 1);
    }

    @Test
    void tablespacesGoWhereTheyWereOrAreTold() throws Exception {
        Path fast = directory.resolve("fast");
        Path slow = directory.resolve("slow");
        Path moved = directory.resolve("moved");
        cluster.tablespace(16400, "fast", fast);
        cluster.tablespace(16401, "slow", slow);
        cluster.backup(directory);

        RestoreResult result = restore(
                request().withRelocation(new Relocation(Map.of("slow", moved), Optional.empty(), Map.of(), false)));

        assertThat(target.resolve("pg_tblspc/16400")).isSymbolicLink();
        assertThat(Files.readSymbolicLink(target.resolve("pg_tblspc/16400"))).isEqualTo(fast);
        assertThat(Files.readSymbolicLink(target.resolve("pg_tblspc/16401"))).isEqualTo(moved);
        assertThat(fast.resolve("PG_15_202209061/5/16384")).exists();
        assertThat(moved.resolve("PG_15_202209061/5/16384")).exists();
        assertThat(slow).doesNotExist();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(moved)))
                .isEqualTo("rwx------");
        assertThat(result.directories()).containsExactly(target, fast, moved);
        assertRestored();
    }

    @Test
    void tablespacesCanBeMappedByNumberByOldPathAndAllTogether() throws Exception {
        cluster.tablespace(16400, "a", directory.resolve("old-a"));
        cluster.tablespace(16401, "b", directory.resolve("old-b"));
        cluster.tablespace(16402, "c", directory.resolve("old-c"));
        cluster.backup(directory);
        Path all = directory.resolve("all");
        Map<String, Path> map = Map.of(
                "16400", directory.resolve("new-a"), directory.resolve("old-b").toString(), directory.resolve("new-b"));

        restore(request().withRelocation(new Relocation(map, Optional.of(all), Map.of(), false)));

        assertThat(Files.readSymbolicLink(target.resolve("pg_tblspc/16400"))).isEqualTo(directory.resolve("new-a"));
        assertThat(Files.readSymbolicLink(target.resolve("pg_tblspc/16401"))).isEqualTo(directory.resolve("new-b"));
        assertThat(Files.readSymbolicLink(target.resolve("pg_tblspc/16402"))).isEqualTo(all.resolve("c"));
        assertRestored();
    }

    @Test
    void aTablespaceThatIsNotThereCannotBeMapped() throws Exception {
        cluster.tablespace(16400, "fast", directory.resolve("fast"));
        cluster.backup(directory);
        Relocation misspelt = new Relocation(Map.of("fats", directory.resolve("x")), Optional.empty(), Map.of(), false);

        assertThatThrownBy(() -> restore(request().withRelocation(misspelt)))
                .hasMessageContaining("[fats]")
                .hasMessageContaining("16400 fast");
        assertThat(target).doesNotExist();
    }

    @Test
    void tablespacesMayNotOverlapNorHoldFilesOfOthers() throws Exception {
        cluster.tablespace(16400, "a", directory.resolve("a"));
        cluster.tablespace(16401, "b", directory.resolve("b"));
        cluster.backup(directory);
        Path same = directory.resolve("same");
        Path inside = same.resolve("inside");

        assertThat(failure(request()
                        .withRelocation(
                                new Relocation(Map.of("a", same, "b", same), Optional.empty(), Map.of(), false))))
                .isEqualTo(ErrorCode.USAGE);
        assertThat(failure(request()
                        .withRelocation(
                                new Relocation(Map.of("a", same, "b", inside), Optional.empty(), Map.of(), false))))
                .isEqualTo(ErrorCode.USAGE);
        Files.createDirectory(directory.resolve("a"));
        Files.writeString(directory.resolve("a/mine"), "keep");
        assertThat(failure(request())).isEqualTo(ErrorCode.PATH_NOT_EMPTY);
        assertThat(failure(request().withForce(true))).isEqualTo(ErrorCode.PATH_NOT_EMPTY);
        assertThat(directory.resolve("a/mine")).exists();
        assertThat(target).doesNotExist();
    }

    @Test
    void aTablespaceInsideTheDataDirectoryComesBackThere() throws Exception {
        cluster.tablespace(16400, "inner", target.resolve("inner"));
        cluster.backup(directory);

        restore(request());

        assertThat(target.resolve("inner/PG_15_202209061/5/16384")).exists();
        assertThat(Files.readSymbolicLink(target.resolve("pg_tblspc/16400"))).isEqualTo(target.resolve("inner"));
    }

    @Test
    void linksBecomePlainUnlessWantedBack() throws Exception {
        Path wal = directory.resolve("wal");
        Path conf = directory.resolve("postgresql.conf");
        cluster.directories.remove(PathName.of("pg_wal"));
        cluster.link("pg_wal", wal.toString(), 0700);
        cluster.directory("pg_wal/archive_status", 0700);
        cluster.link("log", "../log", 0750);
        cluster.file("log/today", new byte[] {1, 2, 3});
        cluster.file("postgresql.conf", new byte[] {4, 5});
        cluster.fileLinks.put(PathName.of("postgresql.conf"), PathName.of(conf.toString()));
        cluster.backup(directory);

        restore(request());
        assertThat(Files.isDirectory(target.resolve("pg_wal"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
        assertThat(Files.isRegularFile(target.resolve("postgresql.conf"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
        assertThat(wal).doesNotExist();
        assertRestored();

        target = directory.resolve("second");
        restore(request().withRelocation(new Relocation(Map.of(), Optional.empty(), Map.of(), true)));
        assertThat(Files.readSymbolicLink(target.resolve("pg_wal"))).isEqualTo(wal);
        assertThat(Files.readSymbolicLink(target.resolve("log"))).isEqualTo(Path.of("../log"));
        assertThat(Files.readSymbolicLink(target.resolve("postgresql.conf"))).isEqualTo(conf);
        assertThat(wal.resolve("archive_status")).isDirectory();
        assertThat(directory.resolve("log/today")).hasBinaryContent(new byte[] {1, 2, 3});
        assertThat(conf).hasBinaryContent(new byte[] {4, 5});
        assertRestored();

        target = directory.resolve("third");
        Path other = directory.resolve("other-wal");
        restore(request().withRelocation(new Relocation(Map.of(), Optional.empty(), Map.of("pg_wal", other), false)));
        assertThat(Files.readSymbolicLink(target.resolve("pg_wal"))).isEqualTo(other);
        assertThat(Files.isDirectory(target.resolve("log"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
        assertRestored();
    }

    @Test
    void linksIntoTheDataDirectoryAndToNothingAreKept() throws Exception {
        cluster.directory("log", 0700);
        cluster.link("current", "log", 0700);
        cluster.link("base/up", "../log", 0700);
        cluster.link("broken", directory.resolve("nowhere").toString(), 0777);
        cluster.link("pg_stat_tmp", directory.resolve("ram").toString(), 0700);
        cluster.backup(directory);

        restore(request());

        assertThat(Files.readSymbolicLink(target.resolve("current"))).isEqualTo(Path.of("log"));
        assertThat(Files.readSymbolicLink(target.resolve("base/up"))).isEqualTo(Path.of("../log"));
        assertThat(Files.readSymbolicLink(target.resolve("broken"))).isEqualTo(directory.resolve("nowhere"));
        assertThat(Files.isDirectory(target.resolve("pg_stat_tmp"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
        assertRestored();
    }

    /** Links that were made for it, by who can write into a repository, or that led to nothing at the backup's time. */
    @ParameterizedTest
    @ValueSource(strings = {"backup_label", "backup_manifest", "recovery.signal", "pgkeep.restore"})
    void aLinkOfTheBackupLeadsNoFileOfTheRestoreElsewhere(String name) throws Exception {
        Path victim = Files.writeString(directory.resolve("victim"), "precious");
        cluster.link(name, victim.toString(), 0777);
        cluster.backup(directory);

        restore(request());

        assertThat(victim).hasContent("precious");
        assertThat(target.resolve("backup_label")).isRegularFile();
        assertThat(target.resolve(Mark.NAME)).matches(Files::notExists);
        assertRestored();
    }

    @Test
    void aClusterThatItsGroupMayReadStaysSo() throws Exception {
        cluster.directories.remove(PathName.of(""));
        cluster.controlMode = 0640;
        cluster.backup(directory);

        restore(request());

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
                .isEqualTo("rwxr-x---");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target.resolve("backup_label"))))
                .isEqualTo("rw-r-----");
        assertRestored();
    }

    @Test
    void aMarkLeftBesideAControlFileDoesNotMakeAClusterDisposable() throws Exception {
        cluster.backup(directory);
        restore(request());
        Files.writeString(target.resolve(Mark.NAME), "left by a crash at the very end");

        assertThat(failure(request())).isEqualTo(ErrorCode.PATH_NOT_EMPTY);
    }

    @Test
    void aTargetThatTheVersionDoesNotKnowIsRefusedBeforeAnythingIsTouched() throws Exception {
        cluster = new Cluster(new MemoryStorage(), "9.6");
        cluster.backup(directory);
        RecoveryTarget lsn = new RecoveryTarget.AtLsn(Lsn.parse("0/2000200"));

        assertThat(failure(RestoreRequest.of(target, to(lsn), 1, directory))).isEqualTo(ErrorCode.VERSION_UNSUPPORTED);
        assertThat(target).doesNotExist();
    }

    @Test
    void versionsBefore12GetARecoveryConf() throws Exception {
        cluster = new Cluster(new MemoryStorage(), "9.6");
        cluster.backup(directory);

        RestoreResult result = restore(request());

        assertThat(target.resolve("recovery.conf")).content().contains("restore_command");
        assertThat(target.resolve("recovery.signal")).doesNotExist();
        assertThat(target.resolve("backup_manifest")).doesNotExist();
        assertThat(target.resolve("pg_xlog/archive_status")).isDirectory();
        assertThat(result.written()).containsExactly("backup_label", "recovery.conf");
    }

    @ParameterizedTest
    @ValueSource(strings = {"11", "15"})
    void aCopyDoesNotArchiveWhateverTheOriginalsFilesSay(String version) throws Exception {
        cluster = new Cluster(new MemoryStorage(), version);
        cluster.file("postgresql.auto.conf", "archive_mode = 'on'\nwork_mem = '5MB'\n".getBytes(US_ASCII));
        cluster.backup(directory);

        RestoreResult result = restore(request().withArchiveMode(ArchiveMode.OFF));

        assertThat(target.resolve("postgresql.auto.conf"))
                .content()
                .startsWith("archive_mode = 'off'\nwork_mem = '5MB'\n")
                .doesNotContain("'on'");
        assertThat(result.written()).contains("postgresql.auto.conf").doesNotHaveDuplicates();
        assertThat(result.settings()).containsEntry("archive_mode", "off");
    }

    @Test
    void aColdCopyDoesNotArchiveEither() throws Exception {
        cluster.backup(new Cluster.Span("0/2000028", "0/20000A0", 1, Instant.now(), BackupWal.NONE));

        restore(request().withArchiveMode(ArchiveMode.OFF));

        assertThat(target.resolve("postgresql.auto.conf"))
                .hasContent("# do not edit\nwork_mem = '5MB'\narchive_mode = 'off'\n");
        assertThat(target.resolve("backup_manifest")).content().containsOnlyOnce("postgresql.auto.conf");
    }

    @Test
    void nothingIsRestoredOverFilesWithoutForce() throws Exception {
        cluster.backup(directory);
        Files.createDirectory(target);
        Files.writeString(target.resolve("mine"), "keep");

        assertThat(failure(request())).isEqualTo(ErrorCode.PATH_NOT_EMPTY);
        assertThat(failure(request().withForce(true))).isEqualTo(ErrorCode.PATH_NOT_EMPTY);
        assertThat(target.resolve("mine")).hasContent("keep");

        Files.writeString(target.resolve("PG_VERSION"), "15\n");
        restore(request().withForce(true));
        assertThat(target.resolve("mine")).doesNotExist();
        assertRestored();
    }

    /** Said before the old cluster is gone. */
    @Test
    void aBackupOfWhichAPackIsMissingTouchesNothing() throws Exception {
        MemoryStorage storage = new MemoryStorage();
        cluster = new Cluster(storage);
        cluster.backup(directory);
        Files.createDirectory(target);
        Files.writeString(target.resolve("PG_VERSION"), "15\n");
        ObjectName pack;
        try (Stream<ObjectInfo> objects = storage.list("")) {
            pack = objects.map(ObjectInfo::name)
                    .filter(name -> name.value().endsWith("/packs/1.pack"))
                    .findFirst()
                    .orElseThrow();
        }
        storage.delete(pack);
        for (RestoreRequest request :
                List.of(request().withForce(true), request().withForce(true).withDryRun(true))) {
            assertThatThrownBy(() -> restore(request))
                    .isInstanceOfSatisfying(
                            PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED))
                    .hasMessageContaining("/packs/1.pack is missing");
        }
        assertThat(target.resolve("PG_VERSION")).hasContent("15\n");
    }

    /** It is another cluster's, perhaps the running original's: the new directory does not lead there. */
    @Test
    void forceTakesNoTablespaceFromAnotherCluster() throws Exception {
        Path fast = directory.resolve("fast");
        cluster.tablespace(16400, "fast", fast);
        cluster.backup(directory);
        restore(request());
        Path original = target;
        target = directory.resolve("copy");

        assertThatThrownBy(() -> restore(request().withForce(true)))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PATH_NOT_EMPTY))
                .hasMessageContaining("not where");
        assertThat(target).doesNotExist();
        target = original;
        assertRestored();
    }

    @Test
    void forceReplacesTheTablespacesOfTheOldCluster() throws Exception {
        Path fast = directory.resolve("fast");
        cluster.tablespace(16400, "fast", fast);
        cluster.backup(directory);
        restore(request());
        assertThat(target.resolve(Mark.NAME)).doesNotExist();
        Path stale = Files.writeString(fast.resolve("PG_15_202209061/5/99999"), "stale");
        Path otherVersion = Files.createDirectory(fast.resolve("PG_14_202107181"));

        assertThat(failure(request())).isEqualTo(ErrorCode.PATH_NOT_EMPTY);
        restore(request().withForce(true));

        assertThat(stale).doesNotExist();
        assertThat(otherVersion).exists();
        assertRestored();
    }

    @Test
    void aRunningServerIsRefusedEvenWithForce() throws Exception {
        cluster.backup(directory);
        restore(request());
        long living = ProcessHandle.current().pid();
        Files.writeString(target.resolve("postmaster.pid"), living + "\n" + target + "\n1\n5432\n/tmp\n*\n");

        assertThat(failure(request().withForce(true))).isEqualTo(ErrorCode.SERVER_RUNNING);
        assertRestoredBesides("postmaster.pid");
    }

    private void assertRestoredBesides(String path) throws IOException {
        assertThat(RestoredTree.files(target).keySet()).contains(PathName.of(path), PathName.of("global/pg_control"));
    }

    @Test
    void theParentOfTheTargetMustExist() throws Exception {
        cluster.backup(directory);
        target = directory.resolve("no/such");

        assertThat(failure(request())).isEqualTo(ErrorCode.PATH_MISSING);
        assertThat(directory.resolve("no")).doesNotExist();
    }

    @Test
    void anUnknownLabelIsRefused() throws Exception {
        cluster.backup(directory);

        assertThat(failure(request().withBackup(Label.parse("20200101-000000F").orElseThrow())))
                .isEqualTo(ErrorCode.BACKUP_UNKNOWN);
    }

    @Test
    void aManifestThatLeadsOutOfTheDirectoryIsRefused() throws Exception {
        cluster.file("../evil", new byte[] {1});
        cluster.backup(directory);

        assertThatThrownBy(() -> restore(request())).hasMessageContaining("../evil");
        assertThat(directory.resolve("evil")).doesNotExist();
        assertThat(target).doesNotExist();
    }

    @Test
    void aColdBackupIsRestoredAsItWas() throws Exception {
        cluster.backup(new Cluster.Span("0/2000028", "0/20000A0", 1, Instant.now(), BackupWal.NONE));

        RestoreResult result = restore(request());

        assertThat(result.settings()).isEmpty();
        assertThat(target.resolve("recovery.signal")).doesNotExist();
        assertThat(target.resolve("backup_label")).doesNotExist();
        assertRestored();
    }
}
