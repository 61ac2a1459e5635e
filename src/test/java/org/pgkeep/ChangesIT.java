package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.PageComparison;
import org.pgkeep.harness.RandomChanges;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.postgres.MajorVersion;

/**
 * Every way to find changes finds all of them: random changes, and after each bout of them an incremental backup in every way,
 * each on its own chain. At a moment at which nothing moves, every one of them holds what the server's files hold.
 *
 * <p>{@code -Dpgkeep.changes.seeds=200} makes a soak of it.
 */
final class ChangesIT {
    private static final Pattern LABEL = Pattern.compile("\"label\" : \"(\\d{8}-\\d{6}[FDI])\"");
    private static final int BOUTS = 3;
    private static final int CHANGES_PER_BOUT = 12;

    private static Stream<Arguments> seeds() {
        int count = Integer.getInteger("pgkeep.changes.seeds", 0);
        List<String> majors = Servers.matrix().toList();
        long first = Long.getLong("pgkeep.changes.first", 1);
        return Stream.iterate(first, seed -> seed + 1)
                .limit(count == 0 ? majors.size() : count)
                .map(seed -> new Arguments(majors.get((int) (seed % majors.size())), seed));
    }

    /** What one run is about. */
    record Arguments(String major, long seed) {}

    /** The backups that found changes in one way. */
    private static final class Chain {
        private final String way;
        private String last;

        Chain(String way, String full) {
            this.way = way;
            this.last = full;
        }

        /** Adds a backup. */
        void grow(BackedUpCluster source) {
            ProgramRun run = source.succeeds("backup", "--base", last, "--changes", way, "-o", "json");
            assertThat(run.out()).contains("\"changes\" : \"" + way + "\"");
            last = label(run);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyWayFindsAllChanges(Arguments arguments) {
        TestCluster cluster = TestCluster.create(arguments.major);
        List<String> ways = ways(cluster);
        if (ways.contains("summary")) {
            cluster.with("summarize_wal", "on");
        }
        try (BackedUpCluster source = BackedUpCluster.setUp(cluster).warm()) {
            RandomChanges changes = new RandomChanges(cluster, arguments.seed);
            String full = label(source.succeeds("backup", "--type", "full", "-o", "json"));
            List<Chain> chains = ways.stream().map(way -> new Chain(way, full)).toList();
            for (int bout = 1; bout <= BOUTS; bout++) {
                changes.change(CHANGES_PER_BOUT);
                // What a query would prune or mark later is done now; nothing moves from here on.
                cluster.sql("VACUUM", "CHECKPOINT");
                chains.forEach(chain -> chain.grow(source));
                for (Chain chain : chains) {
                    Path restored = restore(source, chain.way + bout, "--backup", chain.last, "--target", "immediate");
                    assertThat(PageComparison.masked(cluster.data(), restored))
                            .as("%s, bout %d of seed %d after%n%s", chain.way, bout, arguments.seed, changes.story())
                            .isEmpty();
                }
            }
            source.succeeds("verify", "--deep");
            startsAndIsRight(source, chains);
        }
    }

    private static List<String> ways(TestCluster cluster) {
        List<String> ways = new ArrayList<>(List.of("lsn", "files", "hash"));
        if (cluster.server().binaries().major().isAtLeast(MajorVersion.V17)) {
            ways.add("summary");
        }
        return ways;
    }

    private static void startsAndIsRight(BackedUpCluster source, List<Chain> chains) {
        Map<String, String> contents = Oracle.contents(source.cluster().server());
        source.archiveEverything();
        for (Chain chain : chains) {
            Path restored = restore(source, "end-" + chain.way, "--backup", chain.last);
            ThrowawayServer server = source.startRestored(restored);
            assertThat(Oracle.contents(server))
                    .as("restored from a chain by %s", chain.way)
                    .isEqualTo(contents);
            Oracle.amcheck(server);
            server.stop(ThrowawayServer.Shutdown.FAST);
        }
    }

    private static Path restore(BackedUpCluster source, String name, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--tablespace-map");
        all.add("other=" + source.cluster().directory(name + "-other"));
        return source.restore(name, all.toArray(String[]::new));
    }

    private static String label(ProgramRun backup) {
        Matcher matcher = LABEL.matcher(backup.out());
        assertThat(matcher.find()).as(backup.out()).isTrue();
        return matcher.group(1);
    }
}
