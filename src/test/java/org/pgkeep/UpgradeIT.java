package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pgkeep.demo.Sql;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.demo.Workload;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.Chains;
import org.pgkeep.harness.LiveTree;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.PgUpgrade;
import org.pgkeep.harness.Pgkeep;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.harness.Wait;

/**
 * A cluster becomes another one by {@code pg_upgrade}: another system identifier, and a newer version. The real {@code pg_upgrade} of Debian
 * goes here from a version to itself ({@link PgUpgrade} says why), and its new cluster's WAL goes on where the old one's ends. So a second
 * test has a new cluster of a newer version, whose segments have the names of the old one's: pgkeep sees who a cluster is and not how it
 * came to be.
 */
final class UpgradeIT {
    private static final long SEED = 20261129;

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
            takeAFullOne(source, old);
            successor.sql("INSERT INTO t VALUES (3)");
            String newest = Chains.label(source.succeeds("backup", "-o", "json"));
            successor.sql("INSERT INTO t VALUES (4)");
            archiveEverything(source, successor);
            assertThat(source.succeeds("info").out()).contains("18, system identifier", "17, system identifier");

            assertBothComeBack(source, successor, newest, old, oldContents);
            assertTheOldOneGoesWithItsWal(source, old, newest);
        }
    }

    @Test
    void whatPgUpgradeMadeIsBackedUpUnderTheSameNameAndWhatItWasMadeOfStays() throws IOException {
        try (BackedUpCluster source = BackedUpCluster.setUp(PgUpgrade.cluster()).warm();
                TestCluster successor = PgUpgrade.cluster()) {
            ThrowawayServer before = source.cluster().server();
            Workload.load(before, 1);
            String old = Chains.label(source.succeeds("backup", "-o", "json"));
            work(before);
            source.archiveEverything();
            Map<String, String> oldContents = Oracle.contents(before);
            String identifier = identifier(source.cluster());
            before.stop(ThrowawayServer.Shutdown.FAST);

            PgUpgrade.run(source.cluster(), successor);
            replace(source, successor);
            assertThat(Oracle.contents(successor.server())).isEqualTo(oldContents);
            assertThat(identifier(successor)).isNotEqualTo(identifier);
            assertIsRefusedWithAHint(source, successor);
            assertThat(source.succeeds("upgrade").out())
                    .contains("cluster 'main' is upgraded", "identifier " + identifier(successor), identifier);

            takeAFullOne(source, old);
            work(successor.server());
            String newest = Chains.label(source.succeeds("backup", "-o", "json"));
            assertThat(newest).as("an incremental one").endsWith("I");
            work(successor.server());
            archiveEverything(source, successor);
            assertThat(source.succeeds("info").out())
                    .contains("system identifier " + identifier, "system identifier " + identifier(successor));

            assertBothComeBack(source, successor, newest, old, oldContents);
            assertTheOldOneGoesWithItsWal(source, old, newest);
        }
    }

    private static void work(ThrowawayServer server) {
        try (Workload workload = Workload.start(server, 1, SEED)) {
            workload.awaitMore(200);
        }
    }

    private static String identifier(TestCluster cluster) {
        return cluster.query("SELECT system_identifier FROM pg_control_system()");
    }

    private static void takeAFullOne(BackedUpCluster source, String old) {
        assertThat(source.succeeds("backup").err())
                .contains(old + " cannot be the base: it is of another database cluster")
                .contains("taking a full one");
    }

    private static void assertBothComeBack(
            BackedUpCluster source, TestCluster successor, String newest, String old, Map<String, String> oldContents)
            throws IOException {
        source.succeeds("verify", "--deep");
        Map<String, String> newContents = Oracle.contents(successor.server());
        Path restored = source.restore("new", "--backup", newest);
        assertHolds(successor.serverOn(restored), restored, newContents);
        ThrowawayServer before = source.startRestored(source.restore("old", "--backup", old));
        assertThat(Oracle.contents(before)).isEqualTo(oldContents);
        Oracle.amcheck(before);
        before.stop(ThrowawayServer.Shutdown.FAST);
    }

    private static void assertTheOldOneGoesWithItsWal(BackedUpCluster source, String old, String newest) {
        assertThat(source.succeeds("expire", "--retention-full", "1").out()).contains(old);
        assertThat(source.labels()).doesNotContain(old).contains(newest);
        assertThat(walFiles(source, 1)).noneMatch(name -> name.matches("[0-9A-F]{24}-.*"));
        source.succeeds("verify", "--deep");
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
        Files.writeString(restored.resolve("postgresql.auto.conf"), "archive_mode = off\n", StandardOpenOption.APPEND);
        server.start();
        Wait.until(
                "end of recovery",
                () -> Sql.on(server).value("SELECT pg_is_in_recovery()").equals("f"));
        assertThat(Oracle.contents(server)).isEqualTo(contents);
        Oracle.amcheck(server);
    }
}
