package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.demo.Workload;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.LongBackup;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.Pgkeep;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;

/** Backups of a real server that are cut off, or sleep, while the server works on. */
final class ResumeIT {
    private static final long SEED = 20261121;

    @Test
    void aBackupThatWasKilledUnderLoadIsResumedAndRestored() {
        try (BackedUpCluster source = BackedUpCluster.setUp(TestCluster.create(Servers.newest()))) {
            TestCluster cluster = source.cluster();
            Workload.load(cluster.server(), 1);
            LongBackup.fill(cluster, "a");
            try (Workload workload = Workload.start(cluster.server(), 2, SEED)) {
                Pgkeep.Running backup = LongBackup.start(source, "--lease-term", "3s");
                LongBackup.awaitPacks(source, backup, 3);
                backup.kill();
                workload.awaitMore(50);
                assertThat(source.labels()).isEmpty();
                assertThat(source.succeeds("verify").out()).contains("resumes or removes them");

                ProgramRun next = source.succeeds("backup", "--compress", LongBackup.COMPRESSION, "-o", "json");
                assertThat(next.err()).contains(", resuming ");
                assertThat(next.out()).containsPattern("\"foundBlocks\" : [1-9][0-9]{2,}");
                workload.awaitMore(50);
            }
            source.succeeds("verify", "--deep");
            source.archiveEverything();
            Map<String, String> contents = Oracle.contents(cluster.server());
            Path restored = source.restore("restored");
            ThrowawayServer server = source.startRestored(restored);
            assertThat(Oracle.contents(server)).isEqualTo(contents);
            Oracle.checkRunning(server);
        }
    }

    @Test
    void aBackupThatSleepsThroughItsTermFindsItselfFenced() {
        try (BackedUpCluster source = BackedUpCluster.setUp(TestCluster.create(Servers.newest()))) {
            LongBackup.fill(source.cluster(), "a");
            Pgkeep.Running sleeper = LongBackup.start(source, "--lease-term", "2s");
            LongBackup.awaitPacks(source, sleeper, 2);
            sleeper.send("STOP");
            ProgramRun next = source.onHost("otherhost").succeeds("backup", "--compress", LongBackup.COMPRESSION);
            assertThat(next.err())
                    .contains("took over the lease of the backup of process "
                            + sleeper.process().pid());
            assertThat(next.out()).contains(" not stored again, of ");
            sleeper.send("CONT");
            assertThat(sleeper.await()).as(sleeper.text()).isEqualTo(ErrorCode.LEASE_LOST.exitStatus());
            assertThat(sleeper.text()).contains("taken by process").contains("on otherhost");
            assertThat(source.labels()).hasSize(1);
            source.succeeds("verify", "--deep");
        }
    }
}
