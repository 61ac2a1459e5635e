package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.demo.Workload;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.Chains;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.PageComparison;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;

/** A chain that was taken under load, merged and compacted: what stays comes back as the server was, and new backups build on it as on a full one. */
final class MergeIT {
    private static final long SEED = 20261126;

    @Test
    void aMergedChainComesBackAndNewBackupsBuildOnIt() {
        try (BackedUpCluster source =
                BackedUpCluster.setUp(TestCluster.create(Servers.newest())).warm()) {
            Workload.load(source.cluster().server(), 1);
            List<String> chain = new ArrayList<>();
            try (Workload workload = Workload.start(source.cluster().server(), 2, SEED)) {
                for (int i = 0; i < 3; i++) {
                    workload.awaitMore(50);
                    chain.add(Chains.label(source.succeeds("backup", "-o", "json")));
                }
            }
            source.cluster().sql("VACUUM", "CHECKPOINT");
            String last = Chains.label(source.succeeds("backup", "-o", "json"));
            assertThat(source.succeeds("merge", last).out()).contains("is a full backup now");
            assertThat(source.succeeds("info").out()).contains("1 full").doesNotContain(chain);

            assertThat(source.succeeds("compact", "--threshold", "100").out()).contains("written anew");
            Path restored = source.restore("quiet", "--backup", last, "--target", "immediate");
            assertThat(PageComparison.masked(source.cluster().data(), restored)).isEmpty();
            String differential = Chains.label(source.succeeds("backup", "--type", "diff", "-o", "json"));
            assertThat(source.succeeds("info", "--backup", differential).out()).contains(last);
            source.archiveEverything();
            source.succeeds("verify", "--deep");

            ThrowawayServer server = source.startRestored(source.restore("end", "--backup", last));
            assertThat(Oracle.contents(server))
                    .isEqualTo(Oracle.contents(source.cluster().server()));
            Oracle.checkRunning(server);
        }
    }
}
