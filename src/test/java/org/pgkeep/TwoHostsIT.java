package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.pgkeep.demo.DirectoryTree;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.LongBackup;
import org.pgkeep.harness.Pgkeep;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.harness.Wait;

/**
 * Two hosts on one repository, as two processes that name other hosts. A backup that sleeps under its lease holds the moment still, so that
 * nothing depends on how fast this machine is.
 */
final class TwoHostsIT {
    @Test
    void oneProcessChangesAClustersBackupsAndAllOthersGoOn() {
        try (BackedUpCluster source = BackedUpCluster.setUp(TestCluster.create(Servers.newest()))) {
            TestCluster cluster = source.cluster();
            cluster.server().stop(ThrowawayServer.Shutdown.FAST);
            Path copy = cluster.beside("copy");
            DirectoryTree.copy(cluster.data(), copy);
            cluster.server().runAs().own(copy);
            cluster.start();
            source.succeeds("backup");
            LongBackup.fill(cluster, "a", "b");
            BackedUpCluster other = source.onHost("otherhost");

            Pgkeep.Running backup = LongBackup.start(source.onHost("dbhost"), "--lease-term", "8s");
            ProgramRun refused = other.fails(
                    ErrorCode.HELD.exitStatus(),
                    "the backup of process " + backup.process().pid(),
                    "backup");
            assertThat(refused.err())
                    .contains("on dbhost works on this cluster since ")
                    .contains(", for ");
            Pgkeep.Running waiting = other.start("backup", "--wait", "5min", "--no-archive-check");
            Wait.until("the other backup waits", () -> waiting.text().contains("waiting for the backup of process"));

            assertThat(backup.process().isAlive()).as(backup.text()).isTrue();
            backup.send("STOP");
            // Reading and archiving ask nobody; neither does a backup of another cluster.
            source.archiveEverything();
            other.succeeds("verify");
            other.succeeds("info");
            source.restore("restored", "--target", "immediate");
            ProgramRun cold = other.succeeds(
                    "backup", "--cluster", "copy", "--offline", "--pgdata", copy.toString(), "--compress", "lz4");
            assertThat(cold.out()).contains("of cluster 'copy'");
            backup.send("CONT");

            // Nobody else took the lease in time, or somebody did: one of the two commits, never both at once.
            int first = backup.await();
            assertThat(first).as(backup.text()).isIn(0, ErrorCode.LEASE_LOST.exitStatus());
            assertThat(waiting.await()).as(waiting.text()).isZero();
            assertThat(source.labels()).hasSize(first == 0 ? 4 : 3);
            source.succeeds("verify", "--deep");
        }
    }
}
