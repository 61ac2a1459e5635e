package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.LongBackup;
import org.pgkeep.harness.Pgkeep;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.harness.Wait;

/** {@code pgkeep stop} and {@code pgkeep start} with a server that archives, and backups that run. */
final class StopIT {
    private static final int STOPPED = ErrorCode.STOPPED.exitStatus();

    @Test
    void workIsRefusedWalIsKeptByTheServerAndRunningBackupsAreEnded() {
        try (BackedUpCluster source = BackedUpCluster.setUp(TestCluster.create(Servers.newest()))) {
            TestCluster cluster = source.cluster();
            cluster.sql("CREATE TABLE t AS SELECT 1 AS id");
            source.succeeds("backup");
            LongBackup.fill(cluster, "a", "b");

            Pgkeep.Running here = LongBackup.start(source);
            LongBackup.awaitPacks(source, here, 4);
            ProgramRun stop = source.succeeds("stop", "--force", "--reason", "the storage is being moved");
            assertThat(stop.out()).contains("its process was asked to end, and did");
            assertThat(here.await()).as(here.text()).isEqualTo(ErrorCode.TERMINATED.exitStatus());

            source.fails(STOPPED, "the storage is being moved", "backup");
            ProgramRun check = source.run("check");
            assertThat(check.exitStatus()).isEqualTo(STOPPED);
            assertThat(check.out()).contains("the storage is being moved");
            String segment = cluster.query("SELECT pg_walfile_name(pg_current_wal_lsn())");
            cluster.query("SELECT pg_switch_wal()");
            Wait.until(
                    "archive_command is refused",
                    () -> cluster.query("SELECT last_failed_wal FROM pg_stat_archiver")
                            .equals(segment));
            source.succeeds("verify");
            source.restore("restored", "--target", "immediate");
            assertThat(source.succeeds("start").out()).contains("the storage is being moved");
            source.archiveEverything();

            BackedUpCluster other = source.onHost("otherhost");
            Pgkeep.Running there = LongBackup.start(other, "--lease-term", "4s");
            assertThat(source.succeeds("stop", "--force", "-o", "json").out()).contains("\"how\" : \"lease-taken\"");
            assertThat(there.await()).as(there.text()).isEqualTo(ErrorCode.LEASE_LOST.exitStatus());
            assertThat(there.text()).contains("'pgkeep stop --force' ended this work");
            source.succeeds("start");
            assertThat(source.succeeds("backup", "--compress", LongBackup.COMPRESSION)
                            .out())
                    .contains(" not stored again, of ");
            assertThat(source.labels()).hasSize(2);
            source.succeeds("verify", "--deep");
        }
    }
}
