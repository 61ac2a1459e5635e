package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.demo.DirectoryTree;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.Sql;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.demo.ThrowawayServer.Shutdown;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.LongBackup;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.PageComparison;
import org.pgkeep.harness.Pgkeep;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;

/** What happens to clusters while they are backed up, and what is wrong with some of them before. */
final class BackupHazardsIT {
    @Test
    void filesThatComeGoGrowAndShrinkWhileTheyAreCopied() {
        try (BackedUpCluster source = cluster()) {
            TestCluster cluster = source.cluster();
            LongBackup.fill(cluster, "dropped", "truncated", "extended", "rewritten", "kept");
            cluster.sql("CREATE DATABASE gone");
            Pgkeep.Running backup = LongBackup.start(source);
            backup.send("STOP");
            cluster.sql(
                    "DROP TABLE dropped",
                    "TRUNCATE truncated",
                    "INSERT INTO extended SELECT i, repeat(md5(i::text), 20) FROM generate_series(1, 20000) i",
                    "CREATE TABLE fresh AS SELECT * FROM kept LIMIT 1000",
                    "VACUUM FULL rewritten",
                    "DELETE FROM kept WHERE id > 100",
                    "VACUUM kept",
                    "DROP DATABASE gone",
                    "CREATE DATABASE born",
                    "CREATE UNLOGGED TABLE unlogged AS SELECT 1 AS id",
                    "CHECKPOINT");
            assertThat(backup.process().isAlive()).as("the backup still runs").isTrue();
            backup.send("CONT");
            assertThat(backup.await()).as(backup.text()).isZero();
            source.archiveEverything();

            Map<String, String> contents = Oracle.contents(cluster.server());
            Path restored = source.restore("restored");
            ThrowawayServer server = source.startRestored(restored);
            assertThat(Oracle.contents(server)).isEqualTo(contents);
            assertThat(Sql.on(server).value("SELECT count(*) FROM unlogged")).isEqualTo("0");
            Oracle.amcheck(server);
        }
    }

    /** As after PGDATA was moved, and the configuration was not. */
    @Test
    void theFilesOfACopyAreNoBackupOfTheServer() throws IOException {
        try (BackedUpCluster source = cluster()) {
            TestCluster cluster = source.cluster();
            cluster.server().stop(Shutdown.FAST);
            Path copy = cluster.beside("copy");
            DirectoryTree.copy(cluster.data(), copy);
            cluster.server().start();
            cluster.server().runAs().own(copy);
            source.fails(
                    ErrorCode.CLUSTER_MISMATCH.exitStatus(),
                    "it has no postmaster.pid",
                    "backup",
                    "--pgdata",
                    copy.toString());
            // One that was copied while the server ran.
            Files.copy(cluster.data().resolve("postmaster.pid"), copy.resolve("postmaster.pid"));
            cluster.server().runAs().own(copy);
            source.fails(
                    ErrorCode.CLUSTER_MISMATCH.exitStatus(),
                    "its last checkpoint is at",
                    "backup",
                    "--pgdata",
                    copy.toString());
            assertThat(source.labels()).isEmpty();
            source.succeeds("backup");
        }
    }

    @Test
    void aBackupThatWasKilledLeavesNothingThatHindersTheNext() {
        try (BackedUpCluster source = cluster()) {
            LongBackup.fill(source.cluster(), "a");
            Pgkeep.Running backup = LongBackup.startForMinutes(source);
            backup.kill();
            assertThat(source.labels()).isEmpty();
            source.succeeds("verify");
            source.succeeds("backup");
            source.succeeds("verify", "--deep");
            assertThat(source.labels()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void aBackupThatIsAskedToStopTwiceLeavesBackupModeAndWhatItStoredToTheNext(String signal) {
        try (BackedUpCluster source = cluster()) {
            LongBackup.fill(source.cluster(), "a", "b");
            Pgkeep.Running backup = LongBackup.start(source);
            LongBackup.awaitPacks(source, backup, 2);
            backup.send(signal);
            assertThat(backup.signal(signal)).as(backup.text()).isEqualTo(ErrorCode.TERMINATED.exitStatus());
            assertThat(source.labels()).isEmpty();
            assertThat(source.cluster()
                            .query("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'pgkeep%'"))
                    .isEqualTo("0");
            source.succeeds("verify");
            // A lease that was not given back would be waited for, and be taken over.
            ProgramRun next = source.succeeds("backup", "--compress", LongBackup.COMPRESSION);
            assertThat(next.err()).doesNotContain("waiting for").doesNotContain("took over");
            assertThat(next.out()).contains("resumed").contains(" not stored again, of ");
        }
    }

    @Test
    void aServerThatIsKilledEndsTheBackupWithTheReason() {
        try (BackedUpCluster source = cluster()) {
            LongBackup.fill(source.cluster(), "a");
            Pgkeep.Running backup = LongBackup.startForMinutes(source);
            source.cluster().server().kill();
            assertThat(backup.await()).as(backup.text()).isEqualTo(ErrorCode.BACKUP_INTERRUPTED.exitStatus());
            assertThat(source.labels()).isEmpty();
            source.cluster().start();
            source.succeeds("backup");
        }
    }

    @Test
    void aServerThatIsStoppedEndsTheBackupWithTheReason() {
        try (BackedUpCluster source = cluster()) {
            LongBackup.fill(source.cluster(), "a");
            Pgkeep.Running backup = LongBackup.startForMinutes(source);
            source.cluster().server().stop(ThrowawayServer.Shutdown.FAST);
            assertThat(backup.await()).as(backup.text()).isEqualTo(ErrorCode.BACKUP_INTERRUPTED.exitStatus());
            assertThat(backup.text()).contains("server ended the session");
            assertThat(source.labels()).isEmpty();
        }
    }

    @Test
    void corruptPagesAreReportedKeptAndNeverStopTheBackupAndAreReadAgainByTheNext() throws IOException {
        try (BackedUpCluster source = cluster()) {
            TestCluster cluster = source.cluster();
            LongBackup.fill(cluster, "heap");
            cluster.sql("ALTER TABLE heap ADD PRIMARY KEY (id)", "CHECKPOINT");
            String heap = cluster.query("SELECT pg_relation_filepath('heap')");
            String index = cluster.query("SELECT pg_relation_filepath('heap_pkey')");
            cluster.server().stop(ThrowawayServer.Shutdown.FAST);
            flip(cluster.data().resolve(heap), 3 * 8192 + 4000);
            flip(cluster.data().resolve(index), 2 * 8192 + 100);
            cluster.start();

            ProgramRun run = source.run("backup");
            assertThat(run.exitStatus()).as(run.err()).isEqualTo(ErrorCode.EXIT_WARNINGS);
            assertThat(run.err()).contains("page 3 of " + heap).contains("page 2 of " + index);
            assertThat(source.run("info", "--backup", source.labels().getFirst())
                            .out())
                    .contains(heap);
            cluster.server().stop(ThrowawayServer.Shutdown.FAST);
            Path restored = source.restore("restored");
            assertThat(Files.mismatch(cluster.data().resolve(heap), restored.resolve(heap)))
                    .isEqualTo(-1);

            // Healed, as by a disk that is read right again: the same LSN, other bytes than the base has.
            flip(cluster.data().resolve(heap), 3 * 8192 + 4000);
            flip(cluster.data().resolve(index), 2 * 8192 + 100);
            cluster.start();
            source.succeeds("backup", "--changes", "lsn");
            cluster.server().stop(ThrowawayServer.Shutdown.FAST);
            Path healed = source.restore("healed");
            assertThat(Files.mismatch(cluster.data().resolve(heap), healed.resolve(heap)))
                    .isEqualTo(-1);
            assertThat(Files.mismatch(cluster.data().resolve(index), healed.resolve(index)))
                    .isEqualTo(-1);
        }
    }

    @Test
    void namesLinksAndOddFilesOfAdministratorsComeBack() throws IOException {
        try (BackedUpCluster source = cluster()) {
            TestCluster cluster = source.cluster();
            Path data = cluster.data();
            cluster.server().stop(ThrowawayServer.Shutdown.FAST);
            for (String name :
                    new String[] {"two words", "line\nbreak", "quote'\"", "ünïcödé", "-rf", "#comment", "%f"}) {
                Files.writeString(data.resolve(name), name);
            }
            Files.createFile(data.resolve("empty"));
            Files.createDirectories(data.resolve("empty directories/one/two"));
            Path outside = cluster.directory("outside");
            Files.writeString(outside.resolve("included.conf"), "# nothing");
            Files.createSymbolicLink(data.resolve("conf.d"), outside);
            Files.createSymbolicLink(data.resolve("one.conf"), outside.resolve("included.conf"));
            cluster.server().runAs().own(data);

            source.succeeds("backup", "--offline");
            Path restored = source.restore("restored");
            assertThat(PageComparison.exact(data, restored)).isEmpty();
            assertThat(restored.resolve("empty directories/one/two")).isDirectory();
            assertThat(Files.isSymbolicLink(restored.resolve("conf.d"))).isFalse();
            Path linked = source.restore("linked", "--link-map", "conf.d=" + cluster.beside("linked-conf"));
            assertThat(Files.readSymbolicLink(linked.resolve("conf.d"))).isEqualTo(cluster.beside("linked-conf"));
            assertThat(linked.resolve("conf.d/included.conf")).hasContent("# nothing");
        }
    }

    /** It is restored without recovery, which alone could make them anew. The LSNs on their pages are made up. */
    @Test
    void aColdBackupKeepsUnloggedRelationsHoweverChangesAreFound() {
        try (BackedUpCluster source = cluster().warm()) {
            TestCluster cluster = source.cluster();
            cluster.sql(
                    "CREATE UNLOGGED TABLE fleeting (id int, place point)",
                    "INSERT INTO fleeting SELECT i, point(i, i % 7) FROM generate_series(1, 20000) i",
                    "CREATE INDEX ON fleeting USING gist (place)");
            cluster.server().stop(ThrowawayServer.Shutdown.FAST);
            source.succeeds("backup", "--offline");
            String full = source.labels().getFirst();
            cluster.start();
            cluster.sql("UPDATE fleeting SET place = point(-id, 0) WHERE id % 100 = 0");
            cluster.server().stop(ThrowawayServer.Shutdown.FAST);
            for (String way : new String[] {"lsn", "files", "hash"}) {
                source.succeeds("backup", "--offline", "--base", full, "--changes", way);
                Path restored = source.restore("by-" + way);
                assertThat(PageComparison.exact(cluster.data(), restored))
                        .as("changes by " + way)
                        .isEmpty();
            }
            ThrowawayServer server = cluster.serverOn(cluster.beside("by-lsn")).start();
            assertThat(Sql.on(server).value("SELECT count(*) FROM fleeting WHERE place <@ box '((-20000,0),(-1,0))'"))
                    .isEqualTo("200");
        }
    }

    @Test
    void aSymlinkedWalDirectoryIsFollowedAndBecomesPlainOrALinkAgain() throws IOException {
        try (BackedUpCluster source = cluster()) {
            TestCluster cluster = source.cluster();
            cluster.server().stop(ThrowawayServer.Shutdown.FAST);
            Path wal = cluster.data().resolve("pg_wal");
            Files.move(wal, cluster.beside("wal"));
            Files.createSymbolicLink(wal, cluster.beside("wal"));
            cluster.start();
            cluster.sql("CREATE TABLE t AS SELECT i FROM generate_series(1, 1000) i");
            source.succeeds("backup");
            source.archiveEverything();
            Map<String, String> contents = Oracle.contents(cluster.server());

            Path plain = source.restore("plain");
            assertThat(Files.isSymbolicLink(plain.resolve("pg_wal"))).isFalse();
            assertThat(Oracle.contents(source.startRestored(plain))).isEqualTo(contents);
            Path elsewhere = cluster.beside("other-wal");
            Path linked = source.restore("linked", "--link-map", "pg_wal=" + elsewhere);
            assertThat(Files.readSymbolicLink(linked.resolve("pg_wal"))).isEqualTo(elsewhere);
            assertThat(Oracle.contents(source.startRestored(linked))).isEqualTo(contents);
        }
    }

    @Test
    void aRelationOfMoreThanOneGibibyteComesBack() {
        try (BackedUpCluster source = cluster()) {
            TestCluster cluster = source.cluster();
            // One row a page: 140,000 pages are more than the 131,072 of a segment.
            cluster.sql(
                    "CREATE TABLE wide (id int, filler char(1500)) WITH (fillfactor = 20)",
                    "INSERT INTO wide SELECT i, 'x' FROM generate_series(1, 140000) i");
            assertThat(cluster.query("SELECT pg_relation_size('wide') > 1.05 * 1024 ^ 3"))
                    .isEqualTo("t");
            source.succeeds("backup");
            source.archiveEverything();
            Map<String, String> contents = Oracle.contents(cluster.server());
            Path restored = source.restore("restored");
            assertThat(Oracle.contents(source.startRestored(restored))).isEqualTo(contents);
        }
    }

    @Test
    void anotherClusterUnderTheSameNameIsRefused() {
        try (BackedUpCluster source = cluster();
                TestCluster other = TestCluster.stranger(Servers.newest()).start()) {
            source.fails(
                    ErrorCode.CLUSTER_MISMATCH.exitStatus(),
                    "system identifier",
                    "backup",
                    "--pgdata",
                    other.data().toString());
            source.fails(
                    ErrorCode.CLUSTER_MISMATCH.exitStatus(),
                    "system identifier",
                    "backup",
                    "--pgdata",
                    other.data().toString(),
                    "--host",
                    other.server().socketDirectory().toString(),
                    "--port",
                    Integer.toString(other.server().port()));
            String segment = other.query("SELECT pg_walfile_name(pg_current_wal_lsn())");
            source.fails(
                    ErrorCode.CLUSTER_MISMATCH.exitStatus(),
                    "system identifier",
                    "archive-push",
                    other.data().resolve("pg_wal").resolve(segment).toString());
        }
    }

    @Test
    void aClockThatIsBehindTheNewestBackupIsRefused() throws IOException {
        try (BackedUpCluster source = cluster()) {
            source.succeeds("backup");
            Path backups = source.repository().resolve("clusters/main/backups");
            Path future = backups.resolve("20991231-235959F");
            Files.move(backups.resolve(source.labels().getFirst()), future);
            source.fails(ErrorCode.CLOCK.exitStatus(), "20991231-235959F", "backup");
            assertThat(source.labels()).containsExactly("20991231-235959F");
        }
    }

    @Test
    void aMisspelledSettingIsNamedWithItsLineAndTheNearestOne() throws IOException {
        try (BackedUpCluster source = cluster()) {
            String right = Files.readString(source.configuration());
            Files.writeString(source.configuration(), right.replace("pgdata", "pgdat"));
            ProgramRun run = source.fails(ErrorCode.CONFIG.exitStatus(), "'pgdat'", "backup");
            long line = 1 + right.substring(0, right.indexOf("pgdata")).lines().count();
            assertThat(run.err())
                    .contains(source.configuration() + ":" + line + ":")
                    .contains("'pgdata'");
        }
    }

    @Test
    void directoriesThatAreMissingOrReadOnlyAreNamed() throws IOException {
        try (BackedUpCluster source = cluster()) {
            source.fails(ErrorCode.PATH_MISSING.exitStatus(), "/nowhere", "backup", "--pgdata", "/nowhere");
            source.fails(
                    ErrorCode.PATH_MISSING.exitStatus(),
                    "pg_control",
                    "backup",
                    "--pgdata",
                    source.cluster().directory("empty").toString());
            source.succeeds("backup");
            source.fails(ErrorCode.PERMISSION.exitStatus(), "/etc/forbidden", "restore", "-D", "/etc/forbidden");
        }
    }

    private static BackedUpCluster cluster() {
        return BackedUpCluster.setUp(TestCluster.create(Servers.newest())).warm();
    }

    private static void flip(Path file, long offset) throws IOException {
        try (RandomAccessFile target = new RandomAccessFile(file.toFile(), "rw")) {
            target.seek(offset);
            int b = target.read();
            target.seek(offset);
            target.write(b ^ 0x10);
        }
    }
}
