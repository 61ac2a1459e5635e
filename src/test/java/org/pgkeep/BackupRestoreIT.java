package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.demo.Workload;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.PageComparison;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.postgres.MajorVersion;

/**
 * The whole promise, on every version: a full backup under load, and every way to come back from it, judged by PostgreSQL's own
 * tools and by the data.
 */
final class BackupRestoreIT {
    private static final long SEED = 20261121;

    @ParameterizedTest
    @MethodSource("org.pgkeep.harness.Servers#matrix")
    void aBackupTakenUnderLoadComesBackToAnyMoment(String major) {
        try (BackedUpCluster source =
                BackedUpCluster.setUp(TestCluster.create(major)).warm()) {
            TestCluster cluster = source.cluster();
            Workload.load(cluster.server(), 1);
            cluster.sql("CREATE TABLE marker (id int)");
            source.succeeds("check");
            backupUnderLoad(source);

            Moment moment = moment(cluster);
            try (Workload workload = Workload.start(cluster.server(), 2, SEED + 1)) {
                workload.awaitMore(200);
            }
            cluster.sql("DROP TABLE marker");
            source.archiveEverything();

            restoresTo(source, moment, "time", "--target-time", moment.time);
            restoresTo(source, moment, "xid", "--target-xid", moment.xid);
            restoresTo(source, moment, "name", "--target-name", "here");
            if (MajorVersion.ofText(major).orElseThrow().hasLsnTarget()) {
                restoresTo(source, moment, "lsn", "--target-lsn", moment.lsn);
            } else {
                ProgramRun refused =
                        source.run("restore", "-D", cluster.beside("lsn").toString(), "--target-lsn", moment.lsn);
                assertThat(refused.exitStatus()).isNotZero();
                assertThat(refused.err()).contains("9.6");
                assertThat(cluster.beside("lsn")).doesNotExist();
            }
            restoresToTheEarliestMoment(source);
            restoresToTheEnd(source);
        }
    }

    private static void backupUnderLoad(BackedUpCluster source) {
        try (Workload workload = Workload.start(source.cluster().server(), 2, SEED)) {
            workload.awaitMore(50);
            ProgramRun run = source.succeeds("backup");
            assertThat(run.out() + run.err()).containsPattern("\\d{8}-\\d{6}F");
            workload.awaitMore(50);
        }
        source.succeeds("verify", "--deep");
    }

    /** A moment at which nothing happens, and all the names it has. */
    private record Moment(String time, String xid, String lsn, Map<String, String> contents) {}

    private static Moment moment(TestCluster cluster) {
        // One transaction, so that recovery to its number ends exactly here.
        String xid = cluster.query("INSERT INTO marker VALUES (1) RETURNING txid_current()");
        String lsn = cluster.query(
                cluster.server().binaries().major().isAtLeast(MajorVersion.V10)
                        ? "SELECT pg_current_wal_insert_lsn()"
                        : "SELECT pg_current_xlog_insert_location()");
        cluster.query("SELECT pg_create_restore_point('here')");
        Map<String, String> contents = Oracle.contents(cluster.server());
        cluster.query("SELECT pg_sleep(0.1)");
        String time = cluster.query("SELECT clock_timestamp()");
        cluster.query("SELECT pg_sleep(0.1)");
        return new Moment(time, xid, lsn, contents);
    }

    private static void restoresTo(BackedUpCluster source, Moment moment, String name, String option, String value) {
        Path restored = source.restore(name, option, value, "--target-action", "promote");
        verifyBackup(source, restored);
        ThrowawayServer server = source.startRestored(restored);
        assertThat(Oracle.contents(server)).as("restored to %s %s", name, value).isEqualTo(moment.contents);
        Oracle.checkRunning(server);
        server.stop(ThrowawayServer.Shutdown.FAST);
    }

    private static void restoresToTheEarliestMoment(BackedUpCluster source) {
        Path restored = source.restore("immediate", "--target", "immediate", "--target-action", "promote");
        ThrowawayServer server = source.startRestored(restored);
        Oracle.checkRunning(server);
        server.stop(ThrowawayServer.Shutdown.FAST);
    }

    private static void restoresToTheEnd(BackedUpCluster source) {
        TestCluster cluster = source.cluster();
        Map<String, String> contents = Oracle.contents(cluster.server());
        // A query may prune the pages that it reads; after this there is nothing to prune on either side.
        cluster.sql("VACUUM");
        source.archiveEverything();
        cluster.server().stop(ThrowawayServer.Shutdown.FAST);
        Path restored = source.restore("end");
        verifyBackup(source, restored);
        source.startRestored(restored).stop(ThrowawayServer.Shutdown.FAST);
        assertThat(PageComparison.masked(cluster.data(), restored)).isEmpty();
        ThrowawayServer server = source.startRestored(restored);
        assertThat(Oracle.contents(server)).isEqualTo(contents);
        server.stop(ThrowawayServer.Shutdown.FAST);
        coldBackupIsExact(source);
    }

    private static void coldBackupIsExact(BackedUpCluster source) {
        source.fails(ErrorCode.CONNECT.exitStatus(), "--offline", "backup");
        source.succeeds("backup", "--offline");
        Path restored = source.restore("cold");
        assertThat(PageComparison.exact(source.cluster().data(), restored)).isEmpty();
        ThrowawayServer server = source.startRestored(restored);
        Oracle.checkRunning(server);
        server.stop(ThrowawayServer.Shutdown.FAST);
    }

    private static void verifyBackup(BackedUpCluster source, Path restored) {
        boolean hasManifest =
                source.cluster().server().binaries().major().manifestVersion().isPresent();
        if (hasManifest && Oracle.canVerifyBackup()) {
            Oracle.verifyBackup(restored);
        }
    }
}
