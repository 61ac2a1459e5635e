package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.demo.Workload;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.KillStory;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.harness.Victim;

/**
 * Commands are killed with {@code kill -9} again and again, at any moment, while a server works and archives. After each the repository
 * goes on as if nothing had been; after all of them it is sound, and the newest backup is the cluster.
 *
 * <p>{@code -Dpgkeep.soak.kills=50} makes a soak of it, half of them in a sealed repository; {@code -Dpgkeep.soak.seed=SEED} chooses the same commands and moments again.
 */
final class KillLoopIT {
    /** Of each kind of repository. */
    private static final int KILLS = Integer.getInteger("pgkeep.soak.kills", 10) / 2;

    private static final long SEED = Long.getLong("pgkeep.soak.seed", 20261129);

    /** Of a command that is sometimes too fast; in the end, enough must have been killed. */
    private static final int STARTS_MAX = 6 * KILLS;

    /**
     * Of an archive_command that was killed the server's archiver dies, too. It is started again ten seconds after its last start at the
     * earliest, and the postmaster may sleep for a minute before it looks ({@code PGARCH_RESTART_INTERVAL}, {@code pgarch.c}).
     */
    private static final String PATIENCE = "--archive-timeout=3min";

    private static final Duration PAUSE = Duration.ofMillis(20);

    @ParameterizedTest(name = "sealed: {0}")
    @ValueSource(booleans = {false, true})
    void aRepositoryOutlivesAnyNumberOfKills(boolean sealed) {
        TestCluster cluster = TestCluster.create(Servers.newest());
        try (BackedUpCluster source =
                (sealed ? BackedUpCluster.setUpSealed(cluster) : BackedUpCluster.setUp(cluster)).warm()) {
            KillStory story = new KillStory(sealed ? SEED + 1 : SEED);
            ThrowawayServer server = source.cluster().server();
            Workload.load(server, 1);
            source.succeeds("backup");
            try (Workload workload = Workload.start(server, 2, PAUSE, SEED)) {
                killAgainAndAgain(source, workload, story, new SplittableRandom(sealed ? SEED + 1 : SEED));
            }
            assertThat(story.kills()).as(story.toString()).isEqualTo(KILLS);
            endIsRight(source, story);
        }
    }

    private static void killAgainAndAgain(
            BackedUpCluster source, Workload workload, KillStory story, SplittableRandom random) {
        Victim[] victims = Victim.values();
        for (int start = 0; story.kills() < KILLS && start < STARTS_MAX; start++) {
            Victim victim = victims[random.nextInt(victims.length)];
            workload.awaitMore(20);
            if (victim.startAndKill(source, random, story)) {
                goesOn(source, story);
            }
        }
    }

    /** What needs the lease gets it at once, what was stored so far is sound. */
    private static void goesOn(BackedUpCluster source, KillStory story) {
        ProgramRun next = source.run("backup", PATIENCE);
        assertThat(next.exitStatus())
                .as("the backup after %s%n%s%s", story, next.out(), next.err())
                .isZero();
        assertThat(next.err()).as(story.toString()).doesNotContain("waiting for");
        ProgramRun verify = source.run("verify");
        assertThat(verify.exitStatus())
                .as("verify after %s%n%s%s", story, verify.out(), verify.err())
                .isZero();
    }

    private static void endIsRight(BackedUpCluster source, KillStory story) {
        source.succeeds("backup", PATIENCE);
        source.archiveEverything();
        ProgramRun verify = source.run("verify", "--deep");
        assertThat(verify.exitStatus())
                .as("%s%n%s%s", story, verify.out(), verify.err())
                .isZero();
        assertThat(verify.out())
                .as(story.toString())
                .doesNotContain("warning  ")
                .doesNotContain("ERROR");
        Map<String, String> contents = Oracle.contents(source.cluster().server());
        ThrowawayServer restored = source.startRestored(
                source.restore("end", "--backup", source.labels().getLast()));
        assertThat(Oracle.contents(restored)).as(story.toString()).isEqualTo(contents);
        Oracle.checkRunning(restored);
    }
}
