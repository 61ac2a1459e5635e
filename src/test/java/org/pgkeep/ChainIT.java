package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.demo.Workload;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.Chains;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.PageComparison;
import org.pgkeep.harness.TestCluster;

/** A full backup and incremental ones on each other, taken on every version while the cluster is busy; every one of them comes back. */
final class ChainIT {
    private static final long SEED = 20261125;
    private static final int LINKS = 6;

    @ParameterizedTest
    @MethodSource("org.pgkeep.harness.Servers#matrix")
    void aChainTakenUnderLoadComesBackAtEveryLink(String major) {
        TestCluster cluster = Chains.prepare(TestCluster.create(major));
        try (BackedUpCluster source = BackedUpCluster.setUp(cluster).warm()) {
            Workload.load(cluster.server(), 1);
            List<String> links = underLoad(source);
            cluster.sql("VACUUM", "CHECKPOINT");
            String last = Chains.label(source.succeeds("backup", "-o", "json"));
            Path quiet = source.restore("quiet", "--backup", last, "--target", "immediate");
            assertThat(PageComparison.masked(cluster.data(), quiet)).isEmpty();

            source.archiveEverything();
            source.succeeds("verify", "--deep");
            links.forEach(link -> comesBack(source, link));
            ThrowawayServer server = source.startRestored(source.restore("end", "--backup", last));
            assertThat(Oracle.contents(server)).isEqualTo(Oracle.contents(cluster.server()));
            Oracle.checkRunning(server);
        }
    }

    /** The first is a full one, each other builds on the one before. */
    private static List<String> underLoad(BackedUpCluster source) {
        List<String> links = new ArrayList<>();
        try (Workload workload = Workload.start(source.cluster().server(), 2, SEED)) {
            for (int i = 0; i < LINKS; i++) {
                workload.awaitMore(50);
                ProgramRun backup = source.succeeds("backup", "-o", "json");
                if (!links.isEmpty()) {
                    assertThat(backup.out()).contains("\"base\" : \"" + links.getLast() + "\"");
                }
                links.add(Chains.label(backup));
            }
        }
        return links;
    }

    /** At the first moment at which it is consistent: nothing but the backup and the WAL of its own making. */
    private static void comesBack(BackedUpCluster source, String label) {
        Path restored = source.restore(
                "link-" + label, "--backup", label, "--target", "immediate", "--target-action", "promote");
        ThrowawayServer server = source.startRestored(restored);
        Oracle.checkRunning(server);
        server.stop(ThrowawayServer.Shutdown.IMMEDIATE);
    }
}
