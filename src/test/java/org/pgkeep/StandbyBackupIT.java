package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.Sql;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.demo.ThrowawayServer.Shutdown;
import org.pgkeep.demo.Workload;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.Chains;
import org.pgkeep.harness.LongBackup;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.PageComparison;
import org.pgkeep.harness.Pgkeep;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.harness.Wait;

/** Backups of a standby that streams from its primary, which archives for both. */
final class StandbyBackupIT {
    private static final long SEED = 20261124;

    /** So small that a busy primary completes a segment every moment: a standby cannot ask for that. */
    private static final ThrowawayServer.Options SMALL_SEGMENTS =
            new ThrowawayServer.Options(true, OptionalInt.of(1), false);

    @ParameterizedTest
    @ValueSource(strings = {"11", "18"})
    void aStandbyIsBackedUpWhileItsPrimaryIsBusy(String major) {
        try (BackedUpCluster source = BackedUpCluster.setUp(TestCluster.create(major, SMALL_SEGMENTS))) {
            TestCluster cluster = source.cluster();
            Workload.load(cluster.server(), 1);
            ThrowawayServer standby = streamingStandby(source);
            try (Workload workload = Workload.start(cluster.server(), 1, SEED)) {
                workload.awaitMore(50);
                source.succeeds("backup", of(standby));
                workload.awaitMore(50);
            }
            source.archiveEverything();
            Map<String, String> contents = Oracle.contents(cluster.server());

            assertThat(source.labels()).hasSize(2);
            Path restored =
                    source.restore("restored", "--backup", source.labels().getLast());
            assertThat(restored.resolve("backup_label")).content().contains("BACKUP FROM: standby");
            ThrowawayServer server = source.startRestored(restored);
            assertThat(Oracle.contents(server)).isEqualTo(contents);
            Oracle.checkRunning(server);
            Path earliest = source.restore(
                    "earliest",
                    "--backup",
                    source.labels().getLast(),
                    "--target",
                    "immediate",
                    "--target-action",
                    "promote");
            Oracle.checkRunning(source.startRestored(earliest));
        }
    }

    @Test
    void aStandbyThatIsPromotedEndsTheBackupWithTheReason() {
        try (BackedUpCluster source = BackedUpCluster.setUp(TestCluster.create(Servers.newest()))) {
            LongBackup.fill(source.cluster(), "a");
            ThrowawayServer standby = streamingStandby(source);
            Pgkeep.Running backup = LongBackup.startForMinutes(source, of(standby));
            backup.send("STOP");
            standby.promote();
            Wait.until(
                    "the promotion",
                    () -> Sql.on(standby).value("SELECT pg_is_in_recovery()").equals("f"));
            backup.send("CONT");
            assertThat(backup.await()).as(backup.text()).isEqualTo(ErrorCode.BACKUP_INTERRUPTED.exitStatus());
            assertThat(backup.text()).contains("the standby was promoted");
            assertThat(source.labels()).hasSize(1);
            source.succeeds("verify");
        }
    }

    /** The promotion of the standby from which it streams changes the timeline of its WAL while it is backed up. */
    @Test
    void aStandbyThatFollowsAPromotionMeanwhileEndsOnTheNewTimeline() throws IOException {
        try (BackedUpCluster source = BackedUpCluster.setUp(TestCluster.create(Servers.newest()))) {
            LongBackup.fill(source.cluster(), "a");
            Workload.load(source.cluster().server(), 1);
            ThrowawayServer promoted = streamingStandby(source);
            ThrowawayServer standby = standby(source, "follower", promoted);
            source.archiveEverything();
            Pgkeep.Running backup =
                    LongBackup.start(source, with(of(standby), "--type", "full", "--archive-timeout", "30s"));
            backup.send("STOP");
            source.cluster().server().stop(Shutdown.FAST);
            promoted.promote();
            Wait.until(
                    "end of recovery",
                    () -> Sql.on(promoted).value("SELECT pg_is_in_recovery()").equals("f"));
            // A commit that removes files moves the minimum recovery point.
            Sql.on(promoted)
                    .run("CREATE TABLE gone AS SELECT 1", "DROP TABLE gone", "CREATE TABLE stays AS SELECT 2 AS n");
            Wait.until(
                    "the standby is on timeline 2",
                    () -> Sql.on(standby)
                            .value("SELECT min_recovery_end_timeline FROM pg_control_recovery()")
                            .equals("2"));
            Sql.on(promoted).run("CHECKPOINT");
            Wait.until("its restart point, too", () -> {
                Sql.on(standby).run("CHECKPOINT");
                return Sql.on(standby)
                        .value("SELECT timeline_id FROM pg_control_checkpoint()")
                        .equals("2");
            });
            assertThat(Sql.on(promoted).value("SELECT pg_switch_wal()")).isNotEmpty();
            backup.send("CONT");
            assertThat(backup.await()).as(backup.text()).isZero();

            String label = source.labels().getLast();
            assertThat(source.succeeds("info", "--backup", label, "-o", "json").out())
                    .contains("\"startTimeline\" : 1")
                    .contains("\"stopTimeline\" : 2");
            source.succeeds("verify");
            Map<String, String> contents = Oracle.contents(promoted);
            ThrowawayServer server = source.startRestored(source.restore("restored", "--backup", label));
            assertThat(Oracle.contents(server)).isEqualTo(contents);
            Oracle.checkRunning(server);
            source.startRestored(source.restore(
                    "earliest", "--backup", label, "--target", "immediate", "--target-action", "promote"));
            takesItsWalAlong(source, label);
        }
    }

    /** Into another repository, from both timelines. */
    private static void takesItsWalAlong(BackedUpCluster source, String label) throws IOException {
        TestCluster cluster = source.cluster();
        Path both = cluster.beside("both.toml");
        Path second = cluster.directory("second");
        Files.writeString(
                both, Files.readString(source.configuration()) + "\n[repository.second]\npath = \"" + second + "\"\n");
        cluster.server().runAs().own(both);
        Pgkeep pgkeep = Pgkeep.of(cluster);
        for (String[] command : new String[][] {
            {"init", "--repo", "second", "--config", both.toString()},
            {"copy", "--to", "second", "--config", both.toString(), label},
            {"verify", "--repo", "second", "--deep", "--config", both.toString()}
        }) {
            ProgramRun run = pgkeep.run(command);
            assertThat(run.exitStatus()).as(run.out() + run.err()).isZero();
        }
    }

    private static String[] with(String[] arguments, String... more) {
        return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void aPromotedStandbyBuildsOnItsPrimarysBackups() {
        TestCluster cluster = Chains.prepare(TestCluster.create(Servers.newest()));
        try (BackedUpCluster source = BackedUpCluster.setUp(cluster).warm()) {
            cluster.sql("CREATE TABLE t AS SELECT i AS id, md5(i::text) AS text FROM generate_series(1, 30000) i");
            ThrowawayServer standby = streamingStandby(source);
            String base = source.labels().getFirst();
            cluster.sql("UPDATE t SET text = 'on the primary' WHERE id % 500 = 0");
            Wait.until(
                    "the standby has it all",
                    () -> cluster.query("SELECT count(*) FROM pg_stat_replication"
                                    + " WHERE replay_lsn >= pg_current_wal_flush_lsn()")
                            .equals("1"));
            standby.promote();
            Wait.until(
                    "end of recovery",
                    () -> Sql.on(standby).value("SELECT pg_is_in_recovery()").equals("f"));
            Sql.on(standby).run("UPDATE t SET text = 'on the standby' WHERE id % 700 = 0", "VACUUM", "CHECKPOINT");
            for (String way : List.of("lsn", "files", "summary", "wal")) {
                String[] asked = {"--base", base, "--changes", way, "-o", "json"};
                String label = Chains.label(source.succeeds(
                        "backup",
                        Stream.concat(Stream.of(asked), Stream.of(of(standby))).toArray(String[]::new)));
                Path restored = source.restore("by-" + way, "--backup", label, "--target", "immediate");
                assertThat(PageComparison.masked(standby.dataDirectory(), restored))
                        .as("changes by " + way)
                        .isEmpty();
            }
        }
    }

    /** Made by pgkeep from a backup of the primary. */
    private static ThrowawayServer streamingStandby(BackedUpCluster source) {
        source.succeeds("backup");
        return standby(source, "standby", source.cluster().server());
    }

    private static ThrowawayServer standby(BackedUpCluster source, String name, ThrowawayServer primary) {
        Path data = source.restore(
                name,
                "--standby",
                "--primary-conninfo",
                "host=" + primary.socketDirectory() + " port=" + primary.port() + " user=postgres");
        ThrowawayServer standby = source.cluster().serverOn(data).start();
        Wait.until(
                "the standby streams",
                () -> Sql.on(primary)
                        .value("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")
                        .equals("1"));
        return standby;
    }

    private static String[] of(ThrowawayServer server) {
        return new String[] {
            "--pgdata",
            server.dataDirectory().toString(),
            "--host",
            server.socketDirectory().toString(),
            "--port",
            Integer.toString(server.port())
        };
    }
}
