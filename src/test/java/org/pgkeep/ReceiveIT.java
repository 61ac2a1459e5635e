package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgkeep.demo.DirectoryTree;
import org.pgkeep.demo.Sql;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.demo.ThrowawayServer.Shutdown;
import org.pgkeep.harness.Pgkeep;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.StreamedCluster;
import org.pgkeep.harness.Wait;

/** WAL that is streamed, from servers that archive nothing. */
class ReceiveIT {
    private static final int KILLS = 3;

    static Stream<String> oldestAndNewest() {
        List<String> all = Servers.matrix().toList();
        return Stream.of(all.getFirst(), all.getLast()).distinct();
    }

    @ParameterizedTest
    @MethodSource("oldestAndNewest")
    void everyCommitThatReturnedIsInTheRepository(String major) throws InterruptedException {
        try (StreamedCluster source = StreamedCluster.setUp(major)) {
            source.cluster().sql("CREATE TABLE counter (n bigint)");
            Pgkeep.Running receiver = source.receive("--slot", "pgkeep", "--synchronous");
            source.awaitStreaming();
            source.succeeds("backup");
            source.cluster().sql("ALTER SYSTEM SET synchronous_standby_names = 'pgkeep'");
            source.cluster().query("SELECT pg_reload_conf()");
            try (Committer committer = new Committer(source.cluster().server())) {
                for (int i = 0; i < KILLS; i++) {
                    committer.awaitMore(100);
                    receiver.kill();
                    receiver = source.receive("--slot", "pgkeep", "--synchronous");
                }
                committer.awaitMore(200);
                source.cluster().server().kill();
                long returned = committer.end();

                assertThat(source.run("wal", "status").exitStatus())
                        .as("no server")
                        .isEqualTo(4);
                assertThat(source.succeeds("info", "--wal").out()).contains("streamed");
                source.succeeds("verify");
                ThrowawayServer server = source.startRestored(source.restore("restored"));
                long last = Long.parseLong(Sql.on(server).value("SELECT max(n) FROM counter"));
                assertThat(last).isGreaterThanOrEqualTo(returned);
                assertThat(Sql.on(server).value("SELECT count(*) FROM counter")).isEqualTo(Long.toString(last));
            }
            assertThat(receiver.signal("TERM")).as(receiver.text()).isZero();
        }
    }

    /** Commits 1, 2, 3, … and knows which commits returned. */
    private static final class Committer implements AutoCloseable {
        private final AtomicLong returned = new AtomicLong();
        private final AtomicBoolean stop = new AtomicBoolean();
        private final Thread thread;

        Committer(ThrowawayServer server) {
            thread = Thread.ofPlatform().start(() -> commit(server));
        }

        private void commit(ThrowawayServer server) {
            try (Connection connection = server.connect("postgres");
                    PreparedStatement insert = connection.prepareStatement("INSERT INTO counter VALUES (?)")) {
                while (!stop.get()) {
                    insert.setLong(1, returned.get() + 1);
                    insert.execute();
                    returned.incrementAndGet();
                }
            } catch (SQLException _) {
                // The server was killed.
            }
        }

        void awaitMore(int count) {
            long wanted = returned.get() + count;
            Wait.until(count + " commits", () -> returned.get() >= wanted);
        }

        long end() throws InterruptedException {
            thread.join();
            return returned.get();
        }

        @Override
        public void close() {
            stop.set(true);
        }
    }

    @Test
    void aPromotedStandbyIsFollowed() throws IOException {
        try (StreamedCluster source = StreamedCluster.setUp(Servers.newest())) {
            ThrowawayServer primary = source.cluster().server();
            ThrowawayServer standby = standby(source);
            Pgkeep.Running receiver = source.receive(
                    "--host",
                    standby.socketDirectory() + ":" + standby.port() + "," + primary.socketDirectory() + ":"
                            + primary.port(),
                    "--slot",
                    "pgkeep",
                    "--flush-interval",
                    "100ms");
            // The primary's, although the standby is named first.
            Wait.until(
                    "both streams",
                    () -> Sql.on(primary)
                            .value("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")
                            .equals("2"));
            source.succeeds("backup");
            Sql.on(primary).run("CREATE TABLE story AS SELECT 1 AS chapter");
            String before = Sql.on(primary).value("SELECT pg_current_wal_lsn()");
            Wait.until(
                    "the standby",
                    () -> Sql.on(standby)
                            .value("SELECT pg_last_wal_replay_lsn() >= '" + before + "'")
                            .equals("t"));
            Wait.until("the old timeline in the repository", () -> streamedUpTo(source, 1, primary, before));
            primary.kill();
            standby.promote();
            Wait.until(
                    "promotion",
                    () -> Sql.on(standby).value("SELECT pg_is_in_recovery()").equals("f"));
            Sql.on(standby).run("INSERT INTO story VALUES (2)");
            String after = Sql.on(standby).value("SELECT pg_current_wal_lsn()");
            Wait.until("the new timeline in the repository", () -> streamedUpTo(source, 2, standby, after));
            assertThat(receiver.signal("TERM")).as(receiver.text()).isZero();
            standby.stop(Shutdown.FAST);

            ThrowawayServer end = source.startRestored(source.restore("end"));
            assertThat(Sql.on(end).column("SELECT chapter FROM story ORDER BY 1"))
                    .containsExactly("1", "2");
            ThrowawayServer middle = source.startRestored(
                    source.restore("middle", "--target-lsn", before, "--target-action", "promote"));
            assertThat(Sql.on(middle).column("SELECT chapter FROM story ORDER BY 1"))
                    .containsExactly("1");
        }
    }

    /** It gets what was streamed of the running segment, with zeros behind it, and PostgreSQL archives whatever it got. */
    @Test
    void aStandbyThatArchivesAlwaysDoesNotTakeAPartOfASegmentForTheWholeOne() {
        try (StreamedCluster source = StreamedCluster.setUp(Servers.newest())) {
            ThrowawayServer primary = source.cluster().server();
            Pgkeep.Running receiver = source.receive("--slot", "pgkeep", "--flush-interval", "100ms");
            source.awaitStreaming();
            source.succeeds("backup");
            Sql.on(primary).run("CREATE TABLE story AS SELECT 1 AS chapter");
            String segment = Sql.on(primary).value("SELECT pg_walfile_name(pg_current_wal_insert_lsn())");
            String lsn = Sql.on(primary).value("SELECT pg_current_wal_lsn()");
            Wait.until("the beginning of " + segment, () -> streamedUpTo(source, 1, primary, lsn));

            Path data = source.restore("standby", "--standby");
            ThrowawayServer standby = source.cluster().serverOn(data);
            standby.configure("archive_mode", "always");
            standby.configure("archive_command", source.archiveCommand());
            standby.start();
            Path status = data.resolve("pg_wal/archive_status");
            Wait.until("archive_command", () -> Files.exists(status.resolve(segment + ".done")));
            assertThat(source.isStored(segment)).as("as if it were complete").isFalse();

            Sql.on(primary).run("INSERT INTO story VALUES (2)");
            Sql.on(primary).value("SELECT pg_switch_wal()");
            source.awaitStored(segment);
            Sql.on(primary).run("INSERT INTO story VALUES (3)");
            String end = Sql.on(primary).value("SELECT pg_current_wal_lsn()");
            Wait.until("what follows", () -> streamedUpTo(source, 1, primary, end));
            Wait.until(
                    "the standby",
                    () -> Sql.on(standby).value("SELECT count(*) FROM story").equals("3"));
            standby.stop(Shutdown.FAST);
            assertThat(receiver.signal("TERM")).as(receiver.text()).isZero();
            assertThat(source.succeeds("info", "--wal").out()).doesNotContain("MISSING");
            source.succeeds("verify", "--deep");
            ThrowawayServer restored = source.startRestored(source.restore("end"));
            assertThat(Sql.on(restored).column("SELECT chapter FROM story ORDER BY 1"))
                    .containsExactly("1", "2", "3");
        }
    }

    private static ThrowawayServer standby(StreamedCluster source) throws IOException {
        ThrowawayServer primary = source.cluster().server();
        primary.stop(Shutdown.FAST);
        Path data = source.cluster().beside("standby");
        DirectoryTree.copy(source.cluster().data(), data);
        ThrowawayServer standby = source.cluster().serverOn(data);
        Files.writeString(data.resolve("standby.signal"), "");
        standby.configure(
                "primary_conninfo", "host=" + primary.socketDirectory() + " port=" + primary.port() + " user=postgres");
        source.cluster().server().runAs().own(data);
        primary.start();
        return standby.start();
    }

    private static boolean streamedUpTo(StreamedCluster source, int timeline, ThrowawayServer server, String lsn) {
        String status = source.run(
                        "wal", "status", "-o", "json", "--host", server.socketDirectory() + ":" + server.port())
                .out();
        int at = status.indexOf("\"timeline\" : " + timeline, status.indexOf("\"repository\""));
        return at > 0
                && Sql.on(server)
                        .value("SELECT '" + status.substring(at).replaceFirst("(?s).*?\"end\" : \"([^\"]+)\".*", "$1")
                                + "'::pg_lsn >= '" + lsn + "'")
                        .equals("t");
    }

    @Test
    void whatTheServerRemovedIsNamedAndFilledFromTheArchive() throws IOException {
        try (StreamedCluster source = StreamedCluster.setUp(Servers.newest())) {
            stopAfter(source, source.receive());
            List<Path> lost = writeAndLose(source, "lost");
            Pgkeep.Running receiver = source.receive();
            Wait.until("the gap", () -> receiver.text().contains("removed WAL that was not received"));
            assertThat(receiver.text()).contains(name(lost.getFirst())).contains(name(lost.getLast()));
            stopAfter(source, receiver);
            assertThat(source.succeeds("info", "--wal").out())
                    .contains("MISSING")
                    .contains(name(lost.getFirst()) + " to " + name(lost.getLast()));
            lost.forEach(segment -> source.succeeds("archive-push", segment.toString()));
            assertThat(source.succeeds("info", "--wal").out()).doesNotContain("MISSING");

            List<Path> archived = writeAndLose(source, "archived");
            archived.forEach(segment -> source.succeeds("archive-push", segment.toString()));
            Pgkeep.Running last = source.receive();
            stopAfter(source, last);
            assertThat(last.text()).doesNotContain("removed WAL that was not received");
            assertThat(source.succeeds("info", "--wal").out()).doesNotContain("MISSING");
        }
    }

    /** As after a receiver of an older version, or two that take turns: what the slot keeps is asked for, whatever came behind it. */
    @Test
    void whatTheSlotKeepsIsReceivedAlsoBehindTheArchivesEnd() throws IOException {
        try (StreamedCluster source = StreamedCluster.setUp(Servers.newest())) {
            stopAfter(source, source.receive("--slot", "pgkeep"));
            List<String> segments = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                segments.add(source.cluster().query("SELECT pg_walfile_name(pg_current_wal_insert_lsn())"));
                source.cluster().sql("INSERT INTO filler VALUES (1)");
                source.cluster().query("SELECT pg_switch_wal()");
            }
            Path last = source.cluster().data().resolve("pg_wal").resolve(segments.getLast());
            source.succeeds("archive-push", last.toString());
            assertThat(source.succeeds("info", "--wal").out()).contains("MISSING");

            Pgkeep.Running receiver = source.receive("--slot", "pgkeep");
            source.awaitStored(segments.getFirst());
            source.awaitStored(segments.get(1));
            stopAfter(source, receiver);

            assertThat(receiver.text()).contains("the archive lacks WAL from");
            assertThat(source.succeeds("info", "--wal").out()).doesNotContain("MISSING");
        }
    }

    private static void stopAfter(StreamedCluster source, Pgkeep.Running receiver) {
        source.awaitStreaming();
        source.cluster().sql("CREATE TABLE IF NOT EXISTS filler (i int)", "INSERT INTO filler VALUES (1)");
        String segment = source.cluster().query("SELECT pg_walfile_name(pg_current_wal_insert_lsn())");
        source.cluster().query("SELECT pg_switch_wal()");
        source.awaitStored(segment);
        assertThat(receiver.signal("TERM")).as(receiver.text()).isZero();
        Wait.until(
                "the end of the stream",
                () -> source.cluster()
                        .query("SELECT count(*) FROM pg_stat_replication")
                        .equals("0"));
    }

    private static String name(Path segment) {
        return segment.getFileName().toString();
    }

    /** Has the server write some segments and remove them; returns copies of them, from the one that was streamed in part. */
    private static List<Path> writeAndLose(StreamedCluster source, String directory) throws IOException {
        Path copies = source.cluster().directory(directory);
        List<Path> segments = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String segment = source.cluster().query("SELECT pg_walfile_name(pg_current_wal_insert_lsn())");
            source.cluster().sql("INSERT INTO filler VALUES (1)");
            source.cluster().query("SELECT pg_switch_wal()");
            Path copy = copies.resolve(segment);
            Files.copy(source.cluster().data().resolve("pg_wal").resolve(segment), copy);
            segments.add(copy);
        }
        source.cluster().server().runAs().own(copies);
        Path first = source.cluster().data().resolve("pg_wal").resolve(name(segments.getLast()));
        for (int i = 0; Files.exists(first) && i < 20; i++) {
            source.cluster().sql("INSERT INTO filler VALUES (1)", "CHECKPOINT");
        }
        assertThat(first).doesNotExist();
        return segments;
    }
}
