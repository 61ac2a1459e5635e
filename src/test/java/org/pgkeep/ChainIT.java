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
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;

/**
 * A full backup and incremental ones on each other, taken on every version while the cluster is busy.
 *
 * <p>Every link is restored, and judged by {@code pg_verifybackup}. What a link missed stays missing in the later ones, but for pages that
 * changed again; so the last one, which is taken of a cluster at rest, is compared with it page by page. Servers are dear: each version starts
 * one link at its first consistent moment, another one in each version, and the last.
 */
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
            int started = Servers.matrix().toList().indexOf(major) % links.size();
            for (String link : links) {
                comesBack(source, link, link.equals(links.get(started)));
            }
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

    /** Up to the first moment at which it is consistent: nothing but the backup, and the WAL from while it was taken. */
    private static void comesBack(BackedUpCluster source, String label, boolean start) {
        Path restored = source.restore(
                "link-" + label, "--backup", label, "--target", "immediate", "--target-action", "promote");
        if (source.cluster().server().binaries().major().manifestVersion().isPresent() && Oracle.canVerifyBackup()) {
            Oracle.verifyBackup(restored);
        }
        if (start) {
            ThrowawayServer server = source.startRestored(restored);
            Oracle.checkRunning(server);
            server.stop(ThrowawayServer.Shutdown.IMMEDIATE);
        }
    }
}
