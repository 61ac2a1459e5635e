package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.Sql;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.PageComparison;
import org.pgkeep.harness.Pgkeep;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.harness.Wait;

/** What happens to clusters while they are backed up, and what is wrong with some of them before. */
final class BackupHazardsIT {
    /** Slow on purpose, so that there is time for things to happen while files are copied. */
    private static final String[] SLOWLY = {"--compress", "bzip2:9", "--jobs", "1"};

    @Test
    void filesThatComeGoGrowAndShrinkWhileTheyAreCopied() {
        try (BackedUpCluster source = cluster()) {
            TestCluster cluster = source.cluster();
            fill(cluster, "dropped", "truncated", "extended", "rewritten", "kept");
            cluster.sql("CREATE DATABASE gone");
            Pgkeep.Running backup = startCopying(source);
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

    @Test
    void aBackupThatWasKilledLeavesNothingThatHindersTheNext() {
        try (BackedUpCluster source = cluster()) {
            fill(source.cluster(), "a", "b");
            Pgkeep.Running backup = startCopying(source);
            backup.kill();
            assertThat(labels(source)).isEmpty();
            source.succeeds("verify");
            source.succeeds("backup");
            source.succeeds("verify", "--deep");
            assertThat(labels(source)).hasSize(1);
        }
    }

    @Test
    void aBackupThatIsAskedToStopLeavesBackupModeAndNoTrace() {
        try (BackedUpCluster source = cluster()) {
            fill(source.cluster(), "a", "b");
            Pgkeep.Running backup = startCopying(source);
            assertThat(backup.terminate()).as(backup.text()).isEqualTo(ErrorCode.TERMINATED.exitStatus());
            assertThat(labels(source)).isEmpty();
            assertThat(source.cluster()
                            .query("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'pgkeep%'"))
                    .isEqualTo("0");
            source.succeeds("backup");
        }
    }

    @Test
    void aServerThatIsKilledEndsTheBackupWithTheReason() {
        try (BackedUpCluster source = cluster()) {
            fill(source.cluster(), "a", "b");
            Pgkeep.Running backup = startCopying(source);
            source.cluster().server().kill();
            assertThat(backup.await()).as(backup.text()).isEqualTo(ErrorCode.BACKUP_INTERRUPTED.exitStatus());
            assertThat(labels(source)).isEmpty();
            source.cluster().start();
            source.succeeds("backup");
        }
    }

    @Test
    void aServerThatIsStoppedEndsTheBackupWithTheReason() {
        try (BackedUpCluster source = cluster()) {
            fill(source.cluster(), "a", "b");
            Pgkeep.Running backup = startCopying(source);
            source.cluster().server().stop(ThrowawayServer.Shutdown.FAST);
            assertThat(backup.await()).as(backup.text()).isEqualTo(ErrorCode.BACKUP_INTERRUPTED.exitStatus());
            assertThat(backup.text()).contains("server ended the session");
            assertThat(labels(source)).isEmpty();
        }
    }

    @Test
    void corruptPagesAreReportedKeptAndNeverStopTheBackup() throws IOException {
        try (BackedUpCluster source = cluster()) {
            TestCluster cluster = source.cluster();
            fill(cluster, "heap");
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
            assertThat(source.run("info").out()).contains(heap);
            cluster.server().stop(ThrowawayServer.Shutdown.FAST);
            Path restored = source.restore("restored");
            assertThat(Files.mismatch(cluster.data().resolve(heap), restored.resolve(heap)))
                    .isEqualTo(-1);
        }
    }

    @Test
    void tablespacesAreMovedByNameAndAllAtOnce() {
        try (BackedUpCluster source = cluster()) {
            TestCluster cluster = source.cluster();
            Path odd = cluster.directory("a \"space\"");
            Path second = cluster.directory("second");
            cluster.sql(
                    "CREATE TABLESPACE odd LOCATION '" + odd + "'",
                    "CREATE TABLESPACE second LOCATION '" + second + "'",
                    "CREATE TABLE one TABLESPACE odd AS SELECT i FROM generate_series(1, 1000) i",
                    "CREATE TABLE two TABLESPACE second AS SELECT i FROM generate_series(1, 1000) i");
            source.succeeds("backup");
            source.archiveEverything();
            Map<String, String> contents = Oracle.contents(cluster.server());

            // The source still lies where the tablespaces were.
            ProgramRun refused =
                    source.run("restore", "-D", cluster.beside("refused").toString());
            assertThat(refused.exitStatus()).isEqualTo(ErrorCode.PATH_NOT_EMPTY.exitStatus());
            Path byName = source.restore(
                    "by-name",
                    "--tablespace-map",
                    "odd=" + cluster.beside("moved odd"),
                    "--tablespace-map",
                    second + "=" + cluster.beside("moved-second"));
            assertThat(Oracle.contents(source.startRestored(byName))).isEqualTo(contents);
            Path all = source.restore(
                    "all", "--tablespace-map-all", cluster.beside("everything").toString());
            assertThat(Oracle.contents(source.startRestored(all))).isEqualTo(contents);
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
                TestCluster other = TestCluster.started(Servers.newest())) {
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
        return BackedUpCluster.setUp(TestCluster.create(Servers.newest()));
    }

    /** About 30 MB each that hardly compress. */
    private static void fill(TestCluster cluster, String... tables) {
        for (String table : tables) {
            cluster.sql("CREATE TABLE " + table
                    + " AS SELECT i AS id, md5(i::text) || md5((i * 3)::text) || md5((i * 7)::text) AS note"
                    + " FROM generate_series(1, 200000) i");
        }
        cluster.sql("CHECKPOINT");
    }

    private static Pgkeep.Running startCopying(BackedUpCluster source) {
        Pgkeep.Running backup = source.start("backup", SLOWLY);
        Wait.until("a pack being written", () -> !backup.process().isAlive() || hasPack(source.repository()));
        assertThat(backup.process().isAlive()).as(backup.text()).isTrue();
        return backup;
    }

    private static boolean hasPack(Path repository) {
        try (Stream<Path> files = Files.walk(repository)) {
            return files.anyMatch(file -> file.toString().contains("/packs/"));
        } catch (IOException | java.io.UncheckedIOException e) {
            // A temporary file vanished under the walk.
            return false;
        }
    }

    private static java.util.List<String> labels(BackedUpCluster source) {
        try (Stream<Path> files = Files.walk(source.repository())) {
            return files.filter(file -> file.endsWith("backup.json"))
                    .filter(file -> file.toString().contains("/backups/"))
                    .map(file -> file.getName(file.getNameCount() - 2).toString())
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
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
