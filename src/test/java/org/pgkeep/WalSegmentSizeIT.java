package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.TestCluster;

/** Clusters whose WAL segments are not of 16 MiB: their names count otherwise, and so does everything that awaits them. */
final class WalSegmentSizeIT {
    @ParameterizedTest
    @CsvSource({"11, 64", "18, 1"})
    void aClusterComesBackToARestorePointAndToAnLsn(String major, int megabytes) {
        ThrowawayServer.Options options = new ThrowawayServer.Options(true, OptionalInt.of(megabytes), false);
        try (BackedUpCluster source = BackedUpCluster.setUp(TestCluster.create(major, options))) {
            TestCluster cluster = source.cluster();
            assertThat(cluster.query("SHOW wal_segment_size")).isEqualTo(megabytes + "MB");
            cluster.sql("CREATE TABLE t AS SELECT i FROM generate_series(1, 1000) i");
            source.succeeds("check");
            source.succeeds("backup");
            // Several segments of 1 MiB.
            cluster.sql("INSERT INTO t SELECT i FROM generate_series(1, 50000) i");
            String lsn = cluster.query("SELECT pg_create_restore_point('here')");
            Map<String, String> contents = Oracle.contents(cluster.server());
            cluster.sql("DROP TABLE t");
            source.archiveEverything();

            comesBack(source, contents, "--target-name", "here");
            comesBack(source, contents, "--target-lsn", lsn);
            source.fails(
                    ErrorCode.TARGET_UNREACHABLE.exitStatus(),
                    "is not in the archive",
                    "restore",
                    "-D",
                    cluster.beside("nowhere").toString(),
                    "--target-lsn",
                    "1/0");
            source.succeeds("verify", "--deep");
        }
    }

    private static void comesBack(BackedUpCluster source, Map<String, String> contents, String option, String value) {
        Path restored = source.restore("to" + option, option, value, "--target-action", "promote");
        ThrowawayServer server = source.startRestored(restored);
        assertThat(Oracle.contents(server)).isEqualTo(contents);
        Oracle.amcheck(server);
        server.stop(ThrowawayServer.Shutdown.FAST);
    }
}
