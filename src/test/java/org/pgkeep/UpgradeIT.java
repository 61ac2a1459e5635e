package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.Sql;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.Chains;
import org.pgkeep.harness.LiveTree;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.Pgkeep;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.harness.Wait;

/**
 * A cluster becomes another one, as by {@code pg_upgrade}: another system identifier, a newer version, and WAL whose segments have the
 * names of the old one's. The packages that tests get their servers from lack {@code pg_upgrade}; a new cluster of a newer version is the
 * same to pgkeep, which sees who it is and not how it came to be.
 */
final class UpgradeIT {
    @Test
    void oldAndNewBackupsComeBackEachWithItsOwnWal() throws IOException {
        List<String> majors = List.of("17", "18");
        try (BackedUpCluster source = BackedUpCluster.setUp(TestCluster.create(majors.getFirst()))
                        .warm();
                TestCluster successor = TestCluster.create(majors.getLast())) {
            source.cluster().sql("CREATE TABLE t AS SELECT 17 AS id");
            String old = Chains.label(source.succeeds("backup", "-o", "json"));
            source.cluster().sql("INSERT INTO t VALUES (1), (2)");
            source.archiveEverything();
            Map<String, String> oldContents = Oracle.contents(source.cluster().server());
            source.cluster().server().stop(ThrowawayServer.Shutdown.FAST);

            replace(source, successor);
            assertIsRefusedWithAHint(source, successor);
            assertThat(source.succeeds("upgrade").out())
                    .contains("cluster 'main' is upgraded", "now     PostgreSQL 18", "before  PostgreSQL 17");
            assertThat(source.succeeds("upgrade").out()).contains("is as it was");

            successor.sql("CREATE TABLE t AS SELECT 18 AS id");
            ProgramRun first = source.succeeds("backup", "-o", "json");
            assertThat(first.err())
                    .contains(old + " cannot be the base: it is of another database cluster")
                    .contains("taking a full one");
            successor.sql("INSERT INTO t VALUES (3)");
            String newest = Chains.label(source.succeeds("backup", "-o", "json"));
            successor.sql("INSERT INTO t VALUES (4)");
            archiveEverything(source, successor);
            Map<String, String> newContents = Oracle.contents(successor.server());
            assertThat(source.succeeds("info").out()).contains("18, system identifier", "17, system identifier");
            source.succeeds("verify", "--deep");

            Path restored = source.restore("new", "--backup", newest);
            assertHolds(successor.serverOn(restored), restored, newContents);
            ThrowawayServer before = source.startRestored(source.restore("old", "--backup", old));
            assertThat(Oracle.contents(before)).isEqualTo(oldContents);
            before.stop(ThrowawayServer.Shutdown.FAST);

            assertThat(source.succeeds("expire", "--retention-full", "1").out()).contains(old);
            assertThat(source.labels()).doesNotContain(old).contains(newest);
            assertThat(walFiles(source, 1)).noneMatch(name -> name.matches("[0-9A-F]{24}-.*"));
            source.succeeds("verify", "--deep");
        }
    }

    /** The same configuration, with the new data directory and server, which archives as the old one did. */
    private static void replace(BackedUpCluster source, TestCluster successor) throws IOException {
        Path configuration = source.configuration();
        ThrowawayServer before = source.cluster().server();
        ThrowawayServer after = successor.server();
        Files.writeString(
                configuration,
                Files.readString(configuration)
                        .replace(
                                before.dataDirectory().toString(),
                                after.dataDirectory().toString())
                        .replace(
                                before.socketDirectory().toString(),
                                after.socketDirectory().toString())
                        .replace("port = " + before.port(), "port = " + after.port()));
        successor
                .with("archive_mode", "on")
                .with(
                        "archive_command",
                        Pgkeep.launcher() + " archive-push --config " + configuration + " --cluster main %p")
                .start();
    }

    private static void assertIsRefusedWithAHint(BackedUpCluster source, TestCluster successor) {
        int mismatch = ErrorCode.CLUSTER_MISMATCH.exitStatus();
        source.fails(mismatch, "'pgkeep upgrade --cluster main'", "backup");
        source.fails(mismatch, "'pgkeep upgrade --cluster main'", "init");
        successor.query("SELECT pg_switch_wal()");
        Wait.until(
                "archive-push is refused",
                () -> !successor
                        .query("SELECT coalesce(max(last_failed_wal), '') FROM pg_stat_archiver")
                        .isEmpty());
        Wait.until("its hint", () -> successor.server().logTail().contains("'pgkeep upgrade --cluster main'"));
    }

    private static void archiveEverything(BackedUpCluster source, TestCluster successor) {
        String segment = successor.query("SELECT pg_walfile_name(pg_create_restore_point('archived so far'))");
        successor.query("SELECT pg_switch_wal()");
        Wait.until(
                "segment " + segment + " in the archive",
                () -> walFiles(source, 2).stream().anyMatch(name -> name.startsWith(segment + "-")));
    }

    private static List<String> walFiles(BackedUpCluster source, int history) {
        Path folder = source.repository().resolve("clusters/main/wal/" + history);
        if (!Files.exists(folder)) {
            return List.of();
        }
        return LiveTree.files(folder).stream()
                .map(file -> file.getFileName().toString())
                .toList();
    }

    private static void assertHolds(ThrowawayServer server, Path restored, Map<String, String> contents)
            throws IOException {
        Files.writeString(
                restored.resolve("postgresql.auto.conf"),
                "archive_mode = off\n",
                java.nio.file.StandardOpenOption.APPEND);
        server.start();
        Wait.until(
                "end of recovery",
                () -> Sql.on(server).value("SELECT pg_is_in_recovery()").equals("f"));
        assertThat(Oracle.contents(server)).isEqualTo(contents);
    }
}
