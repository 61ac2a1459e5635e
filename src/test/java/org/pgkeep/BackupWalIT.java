package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.demo.Sql;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.demo.Workload;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.LongBackup;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.Pgkeep;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.harness.Wait;

/** Backups that hold the WAL they need: restored, they start where nobody can reach the repository. */
final class BackupWalIT {
    private static final long SEED = 20261129;

    /** Several of them are filled while a backup runs. */
    private static final ThrowawayServer.Options SMALL_SEGMENTS =
            new ThrowawayServer.Options(true, OptionalInt.of(1), false);

    @ParameterizedTest
    @ValueSource(strings = {"9.6", "11", "18"})
    void aBackupThatReceivedItsWalNeedsNoArchive(String major) throws IOException {
        ThrowawayServer.Options options =
                major.equals("9.6") ? new ThrowawayServer.Options(true, OptionalInt.empty(), false) : SMALL_SEGMENTS;
        try (BackedUpCluster source = BackedUpCluster.setUpWithoutArchive(TestCluster.create(major, options))
                .warm()) {
            TestCluster cluster = source.cluster();
            Workload.load(cluster.server(), 1);
            source.fails(ErrorCode.ARCHIVING.exitStatus(), "archive_mode is off", "backup");
            try (Workload workload = Workload.start(cluster.server(), 1, SEED)) {
                workload.awaitMore(50);
                source.succeeds("backup", "--wal", "stream");
                workload.awaitMore(50);
                // Builds on the first; what that had in pg_wal is not its own.
                source.succeeds("backup", "--wal=stream");
            }
            assertThat(source.succeeds("info", "--backup", source.labels().getLast())
                            .out())
                    .contains("in the backup itself");
            source.succeeds("verify", "--deep");
            assertNoSlot(cluster);
            Map<String, String> contents = Oracle.contents(cluster.server());
            // An idle server: nothing fills the segment, and nobody waits for it.
            source.succeeds("backup", "--wal=stream", "--type=full");
            for (int i = 0; i < 3; i++) {
                Path restored = source.restore(
                        "restored" + i,
                        "--no-archive",
                        "--backup",
                        source.labels().get(i));
                if (i == 2 && Oracle.canVerifyBackup() && !major.equals("9.6") && !major.equals("11")) {
                    Oracle.verifyBackup(restored);
                }
                Files.move(source.repository(), cluster.beside("out-of-reach"));
                ThrowawayServer server = source.startRestored(restored);
                Oracle.checkRunning(server);
                if (i == 2) {
                    assertThat(Oracle.contents(server)).isEqualTo(contents);
                }
                server.stop(ThrowawayServer.Shutdown.FAST);
                Files.move(cluster.beside("out-of-reach"), source.repository());
            }
        }
    }

    @Test
    void aBackupThatCopiedItsWalStartsWithoutTheArchiveAndGoesOnWithIt() throws IOException {
        try (BackedUpCluster source =
                BackedUpCluster.setUp(TestCluster.create("17")).warm()) {
            TestCluster cluster = source.cluster();
            Workload.load(cluster.server(), 1);
            try (Workload workload = Workload.start(cluster.server(), 1, SEED)) {
                workload.awaitMore(50);
                source.succeeds("backup", "--wal=copy");
                workload.awaitMore(50);
            }
            String holdsItsWal = source.labels().getFirst();
            source.succeeds("backup");
            source.archiveEverything();
            Map<String, String> contents = Oracle.contents(cluster.server());

            ThrowawayServer latest = source.startRestored(source.restore("latest"));
            assertThat(Oracle.contents(latest)).isEqualTo(contents);
            Oracle.checkRunning(latest);
            latest.stop(ThrowawayServer.Shutdown.FAST);

            cluster.server().stop(ThrowawayServer.Shutdown.FAST);
            // It archives into the repository on its own new timeline, and must not try to archive what came with the
            // backup.
            Path immediate = source.restore(
                    "immediate", "--backup", holdsItsWal, "--target", "immediate", "--target-action", "promote");
            ThrowawayServer server = cluster.serverOn(immediate);
            server.start();
            Wait.until(
                    "end of recovery",
                    () -> Sql.on(server).value("SELECT pg_is_in_recovery()").equals("f"));
            Sql.on(server).run("SELECT pg_create_restore_point('x')", "SELECT pg_switch_wal()");
            Wait.until(
                    "its own WAL in the archive",
                    () -> Sql.on(server)
                            .value(
                                    "SELECT coalesce(last_archived_wal, '') LIKE '00000002%' AND last_archived_wal NOT LIKE"
                                            + " '%history' FROM pg_stat_archiver")
                            .equals("t"));
            assertThat(Sql.on(server).value("SELECT failed_count FROM pg_stat_archiver"))
                    .isEqualTo("0");
            server.stop(ThrowawayServer.Shutdown.FAST);

            // The newer backup has its WAL in the archive alone, and is passed over.
            Path alone = source.restore("alone", "--no-archive");
            assertThat(alone.resolve("backup_label")).content().contains("LABEL: pgkeep " + holdsItsWal);
            Files.move(source.repository(), cluster.beside("out-of-reach"));
            Oracle.checkRunning(source.startRestored(alone));
        }
    }

    @Test
    void aStreamThatIsLostEndsTheBackupAndLeavesNothing() {
        try (BackedUpCluster source = BackedUpCluster.setUpWithoutArchive(TestCluster.create("18"))) {
            TestCluster cluster = source.cluster();
            LongBackup.fill(cluster, "a");
            Path temporary = cluster.directory("tmp");
            Pgkeep.Running backup = LongBackup.start(source, "--wal=stream", "--tmp-path", temporary.toString());
            backup.send("STOP");
            assertThat(cluster.query("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_replication"))
                    .isEqualTo("1");
            backup.send("CONT");
            assertThat(backup.await()).as(backup.text()).isEqualTo(ErrorCode.CONNECT.exitStatus());
            assertThat(backup.text()).contains("The backup needs all WAL from its start to its end, and is given up");
            assertNoSlot(cluster);
            assertThat(cluster.query("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'pgkeep%'"))
                    .isEqualTo("0");
            assertThat(temporary).isEmptyDirectory();
            assertThat(source.labels()).isEmpty();

            source.succeeds("backup", "--wal=stream");
            source.succeeds("verify", "--deep");
        }
    }

    private static void assertNoSlot(TestCluster cluster) {
        assertThat(cluster.query("SELECT count(*) FROM pg_replication_slots")).isEqualTo("0");
    }
}
