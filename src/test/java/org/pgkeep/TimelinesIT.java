package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.pgkeep.demo.DirectoryTree;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.Sql;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.demo.ThrowawayServer.Shutdown;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.Chains;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.harness.Wait;

/** Several timelines in one archive: a history that branches again and again, and a failover among servers that all archive. */
final class TimelinesIT {
    /**
     * <pre>
     * 1: 1a ┬ 1b ┬ 1c
     *       │    └──── 2: 2a ┬ 2b
     *       │                └──── 4: 4a (backup) 4b
     *       └───────── 3: 3a ┬ 3b
     *                        └──── 5: 5a (backup) 5b
     * </pre>
     */
    @Test
    void eachOfFiveTimelinesOfABranchingHistoryIsRestoredToItsEnd() throws IOException {
        try (BackedUpCluster source = cluster()) {
            Story story = Story.begin(source.cluster());
            String full = backup(source);
            story.tell("1a");
            source.cluster().query("SELECT pg_create_restore_point('early')");
            story.tell("1b");
            String late = source.cluster().query("SELECT pg_current_wal_insert_lsn()");
            story.tell("1c");
            story.end(1);

            leave(source, 1, 2, "--target-lsn", late);
            String transaction = story.tell("2a");
            story.tell("2b");
            story.end(2);

            leave(source, 1, 3, "--target-name", "early");
            story.tell("3a");
            String moment = source.cluster().query("SELECT clock_timestamp()");
            story.tell("3b");
            story.end(3);

            leave(source, 2, 4, "--target-xid", transaction);
            story.tell("4a");
            String onFour = backup(source, "--base", full);
            story.tell("4b");
            story.end(4);

            leave(source, 3, 5, "--target-time", moment);
            story.tell("5a");
            // The newest backup is of another branch.
            ProgramRun onFive = source.succeeds("backup", "-o", "json");
            assertThat(onFive.out()).contains("\"base\" : \"" + full + "\"");
            story.tell("5b");
            story.end(5);

            assertThat(story.chapters)
                    .isEqualTo(Map.of(
                            1, "1a 1b 1c", 2, "1a 1b 2a 2b", 3, "1a 3a 3b", 4, "1a 1b 2a 4a 4b", 5, "1a 3a 5a 5b"));
            assertThat(soundTimelines(source))
                    .extracting(Archived::timeline, Archived::origin)
                    .containsExactly(
                            tuple(1, Optional.empty()),
                            tuple(2, story.left(1, 2)),
                            tuple(3, story.left(1, 3)),
                            tuple(4, story.left(2, 4)),
                            tuple(5, story.left(3, 5)));
            source.succeeds("verify", "--deep");
            Map<Integer, String> backups = Map.of(1, full, 2, full, 3, full, 4, onFour, 5, Chains.label(onFive));
            backups.forEach((timeline, backup) -> assertEndComesBack(source, timeline, backup, story));
        }
    }

    /** All three archive, also what they only received: each segment is stored once, whoever brings it first. */
    @Test
    void aCascadeArchivesIntoOneRepositoryThroughAPromotionAndTheOldPrimarysReturn() throws IOException {
        try (BackedUpCluster source = cluster()) {
            TestCluster cluster = source.cluster();
            ThrowawayServer old = cluster.with("archive_mode", "always").server();
            old.restart();
            Story.begin(cluster);
            backup(source);
            ThrowawayServer one = standby(source, "one", old);
            ThrowawayServer two = standby(source, "two", one);
            Story.tell(old, "archived");
            completeSegment(old);
            Story.tell(old, "archived too");
            completeSegment(old);
            awaitArchived(old, old, one, two);
            Story.tell(old, "received");
            awaitSame(old, one, two);

            old.kill();
            one.promote();
            awaitPrimary(one);
            Story.tell(one, "promoted");
            completeSegment(one);
            awaitSame(one, two);
            source.succeeds(
                    "restore",
                    "-D",
                    cluster.data().toString(),
                    "--delta",
                    "--standby",
                    "--primary-conninfo",
                    address(one));
            old.start();
            awaitStreaming(one, 2);
            Story.tell(one, "together");
            awaitSame(one, two, old);
            completeSegment(one);
            awaitArchived(one, one, two, old);

            assertThat(Story.chapters(one)).isEqualTo("archived archived too promoted received together");
            List<Archived> wal = soundTimelines(source);
            assertThat(wal).extracting(Archived::timeline).containsExactly(1, 2);
            assertThat(wal.getLast().origin()).contains(Origin.of(one.dataDirectory(), 2));
            // What is there of the segment in which timeline 1 was left: the new primary brings it as a partial one,
            // who
            // followed it as if it were complete.
            assertThat(wal.getFirst().partial())
                    .isEqualTo(wal.getFirst().last())
                    .startsWith("00000001");
            source.succeeds("verify", "--deep");
            Map<String, String> contents = Oracle.contents(one);
            List.of(old, two, one).forEach(server -> server.stop(Shutdown.FAST));
            ThrowawayServer restored = source.startRestored(source.restore("end", "--target-timeline", "2"));
            assertThat(Oracle.contents(restored)).isEqualTo(contents);
            Oracle.amcheck(restored);
        }
    }

    /** Made by pgkeep; it streams from another server. */
    private static ThrowawayServer standby(BackedUpCluster source, String name, ThrowawayServer upstream) {
        Path data = source.restore(name, "--standby", "--primary-conninfo", address(upstream));
        ThrowawayServer standby = source.cluster().serverOn(data).start();
        awaitStreaming(upstream, 1);
        return standby;
    }

    private static String address(ThrowawayServer server) {
        return "host=" + server.socketDirectory() + " port=" + server.port() + " user=postgres";
    }

    private static void awaitStreaming(ThrowawayServer upstream, int standbys) {
        Wait.until(
                "streaming",
                () -> Sql.on(upstream)
                        .value("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")
                        .equals(Integer.toString(standbys)));
    }

    private static void completeSegment(ThrowawayServer primary) {
        Sql.on(primary).value("SELECT pg_switch_wal()");
    }

    /** Waits until standbys have replayed all that the primary wrote; they hold the same then. */
    private static void awaitSame(ThrowawayServer primary, ThrowawayServer... standbys) {
        String written = Sql.on(primary).value("SELECT pg_current_wal_flush_lsn()");
        Map<String, String> contents = Oracle.contents(primary);
        for (ThrowawayServer standby : standbys) {
            Wait.until(
                    "replay of " + written,
                    () -> Sql.on(standby)
                            .value("SELECT pg_last_wal_replay_lsn() >= '" + written + "'")
                            .equals("t"));
            assertThat(Oracle.contents(standby)).isEqualTo(contents);
        }
    }

    /** Waits until servers have archived all that is complete, which none of them failed to do. */
    private static void awaitArchived(ThrowawayServer primary, ThrowawayServer... servers) {
        String complete = Sql.on(primary)
                .value("SELECT pg_walfile_name(pg_current_wal_insert_lsn() - (pg_current_wal_insert_lsn() - '0/0')"
                        + " % 16777216 - 1)");
        for (ThrowawayServer server : servers) {
            Path status = server.dataDirectory().resolve("pg_wal/archive_status");
            Wait.until("archive of " + complete, () -> Files.exists(status.resolve(complete + ".done")));
            assertThat(Sql.on(server).value("SELECT failed_count FROM pg_stat_archiver"))
                    .isEqualTo("0");
            assertThat(status.toFile().list((_, name) -> name.endsWith(".ready")))
                    .isEmpty();
        }
    }

    private static BackedUpCluster cluster() {
        return BackedUpCluster.setUp(TestCluster.create(Servers.newest()).with("wal_retrieve_retry_interval", "200ms"))
                .warm();
    }

    private static String backup(BackedUpCluster source, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("-o", "json"));
        return Chains.label(source.succeeds("backup", all.toArray(String[]::new)));
    }

    /** Sets the cluster back to a moment of a timeline, where a new one begins. */
    private static void leave(BackedUpCluster source, int parent, int expected, String target, String value) {
        TestCluster cluster = source.cluster();
        cluster.server().stop(Shutdown.FAST);
        source.succeeds(
                "restore",
                "-D",
                cluster.data().toString(),
                "--delta",
                target,
                value,
                "--target-timeline",
                Integer.toString(parent),
                "--target-action",
                "promote");
        cluster.start();
        awaitPrimary(cluster.server());
        assertThat(cluster.query("SELECT substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)"))
                .isEqualTo("%08X".formatted(expected));
    }

    private static void awaitPrimary(ThrowawayServer server) {
        Wait.until(
                "end of recovery",
                () -> Sql.on(server).value("SELECT pg_is_in_recovery()").equals("f"));
    }

    private static void assertEndComesBack(BackedUpCluster source, int timeline, String backup, Story story) {
        String number = Integer.toString(timeline);
        Path restored = source.cluster().beside("end-of-" + number);
        ProgramRun run = source.succeeds("restore", "-D", restored.toString(), "--target-timeline", number);
        assertThat(run.out()).contains("restored from backup " + backup);
        ThrowawayServer server = source.startRestored(restored);
        assertThat(Story.chapters(server)).as("timeline %d", timeline).isEqualTo(story.chapters.get(timeline));
        assertThat(Oracle.contents(server)).as("timeline %d", timeline).isEqualTo(story.contents.get(timeline));
        Oracle.amcheck(server);
        server.stop(Shutdown.IMMEDIATE);
        DirectoryTree.delete(restored);
    }

    /**
     * A timeline in the archive.
     *
     * @param last the last segment
     * @param partial the one that the timeline was left in the middle of; empty without one
     */
    private record Archived(int timeline, Optional<Origin> origin, String last, String partial) {
        static Archived of(JsonNode wal) {
            Optional<Origin> origin = wal.has("parent")
                    ? Optional.of(new Origin(
                            wal.path("parent").asInt(), wal.path("switchPoint").asText()))
                    : Optional.empty();
            return new Archived(
                    wal.path("timeline").asInt(),
                    origin,
                    wal.path("last").asText(),
                    wal.path("partial").asText());
        }
    }

    /** What {@code info --wal} tells of each timeline, where nothing is missing and nothing contradicts itself. */
    private static List<Archived> soundTimelines(BackedUpCluster source) throws IOException {
        String info = source.succeeds("info", "--wal", "-o", "json").out();
        List<Archived> timelines = new ArrayList<>();
        for (JsonNode wal : new ObjectMapper().readTree(info).at("/repositories/0/clusters/0/wal")) {
            assertThat(wal.path("status").asText()).as(info).isEqualTo("ok");
            assertThat(wal.path("gaps")).as(info).isEmpty();
            assertThat(wal.path("conflicts")).as(info).isEmpty();
            timelines.add(Archived.of(wal));
        }
        return timelines;
    }

    /** Where a timeline left its parent. */
    private record Origin(int parent, String lsn) {
        /** By the last line of PostgreSQL's own history file. */
        static Origin of(Path dataDirectory, int timeline) {
            try {
                List<String> lines =
                        Files.readAllLines(dataDirectory.resolve("pg_wal").resolve("%08X.history".formatted(timeline)));
                String[] last = lines.stream()
                        .filter(line -> !line.isBlank())
                        .toList()
                        .getLast()
                        .split("\t", -1);
                return new Origin(Integer.parseInt(last[0]), last[1]);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /**
     * What a cluster lives through, chapter by chapter. Each adds rows of its own and changes rows of all before it, so that the same pages
     * are others on each timeline.
     */
    private static final class Story {
        private final TestCluster cluster;

        /** Those of each timeline at its end. */
        private final Map<Integer, String> chapters = new TreeMap<>();

        private final Map<Integer, Map<String, String>> contents = new TreeMap<>();
        private final Map<Integer, Origin> origins = new TreeMap<>();

        private Story(TestCluster cluster) {
            this.cluster = cluster;
        }

        static Story begin(TestCluster cluster) {
            cluster.sql("CREATE TABLE story (chapter text, page int, mark text, PRIMARY KEY (chapter, page))");
            return new Story(cluster);
        }

        /** Returns its last transaction. */
        String tell(String chapter) {
            return tell(cluster.server(), chapter);
        }

        static String tell(ThrowawayServer server, String chapter) {
            Sql.on(server)
                    .run("INSERT INTO story SELECT '" + chapter
                            + "', i, repeat('-', 50) FROM generate_series(1, 1000) i");
            return Sql.on(server)
                    .value("WITH marked AS (UPDATE story SET mark = '" + chapter
                            + "' WHERE page % 20 = 0 RETURNING 1) SELECT pg_current_xact_id() FROM marked LIMIT 1");
        }

        /** Keeps what is there at the end of a timeline, of which nothing follows. */
        void end(int timeline) {
            chapters.put(timeline, chapters(cluster.server()));
            contents.put(timeline, Oracle.contents(cluster.server()));
            if (timeline > 1) {
                origins.put(timeline, Origin.of(cluster.data(), timeline));
            }
            cluster.server().stop(Shutdown.FAST);
        }

        /** Where this timeline left its parent, by the server. */
        Optional<Origin> left(int parent, int timeline) {
            Optional<Origin> origin = Optional.ofNullable(origins.get(timeline));
            assertThat(origin).map(Origin::parent).contains(parent);
            return origin;
        }

        static String chapters(ThrowawayServer server) {
            return Sql.on(server)
                    .value("SELECT string_agg(chapter, ' ' ORDER BY chapter) FROM"
                            + " (SELECT chapter FROM story GROUP BY chapter HAVING count(*) = 1000) c");
        }
    }
}
