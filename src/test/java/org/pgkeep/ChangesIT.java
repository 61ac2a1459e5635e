package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.Chains;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.RandomChanges;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;

/**
 * Every way to find changes finds all of them: random changes, and after each bout of them an incremental backup in every way,
 * each on its own chain. At a moment at which nothing moves, every one of them holds what the server's files hold.
 *
 * <p>{@code -Dpgkeep.changes.seeds=200} makes a soak of it.
 */
final class ChangesIT {
    private static final int SEEDS = 5;
    private static final int BOUTS = 2;
    private static final int CHANGES_PER_BOUT = 12;

    private static Stream<Arguments> seeds() {
        int count = Integer.getInteger("pgkeep.changes.seeds", 0);
        List<String> majors = Servers.matrix().toList();
        long first = Long.getLong("pgkeep.changes.first", 1);
        return Stream.iterate(first, seed -> seed + 1)
                .limit(count == 0 ? SEEDS : count)
                .map(seed -> new Arguments(majors.get((int) (seed % majors.size())), seed));
    }

    /** What one run is about. */
    record Arguments(String major, long seed) {}

    @ParameterizedTest
    @MethodSource("seeds")
    void everyWayFindsAllChanges(Arguments arguments) {
        TestCluster cluster = Chains.prepare(TestCluster.create(arguments.major));
        try (BackedUpCluster source = BackedUpCluster.setUp(cluster).warm()) {
            RandomChanges changes = new RandomChanges(cluster, arguments.seed);
            Chains chains = Chains.begin(source);
            for (int bout = 1; bout <= BOUTS; bout++) {
                changes.change(CHANGES_PER_BOUT);
                // What a query would prune or mark later is done now; nothing moves from here on.
                cluster.sql("VACUUM", "CHECKPOINT");
                chains.grow();
                String when = "bout %d of seed %d after%n%s".formatted(bout, arguments.seed, changes.story());
                chains.assertAllHoldTheSame("bout" + bout, when);
            }
            source.succeeds("verify", "--deep");
            startsAndIsRight(source, chains, arguments.seed);
        }
    }

    /** One is enough: the others are the same bytes. */
    private static void startsAndIsRight(BackedUpCluster source, Chains chains, long seed) {
        Map<String, String> contents = Oracle.contents(source.cluster().server());
        source.archiveEverything();
        ThrowawayServer server = source.startRestored(chains.restoreOne(seed));
        assertThat(Oracle.contents(server)).isEqualTo(contents);
        Oracle.amcheck(server);
    }
}
