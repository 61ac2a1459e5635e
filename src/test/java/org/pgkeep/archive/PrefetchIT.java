package org.pgkeep.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pgkeep.demo.DirectoryTree;
import org.pgkeep.demo.Sql;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.demo.Workload;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.LiveTree;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.harness.Wait;

/** Servers that recover through a prefetcher. Their archive: some dozens of segments on timeline 1, and as many on 2, which left it at a moment. */
class PrefetchIT {
    private static final long SEED = 20261129;

    /** Of 1 MiB: many, and quickly written. */
    private static final ThrowawayServer.Options SMALL_SEGMENTS =
            new ThrowawayServer.Options(true, OptionalInt.of(1), false);

    private static BackedUpCluster source;
    private static Path spool;
    private static String moment;
    private static Map<String, String> ofMoment;

    @BeforeAll
    static void makeArchiveOfTwoTimelines() throws IOException {
        source = BackedUpCluster.setUp(TestCluster.create(Servers.newest(), SMALL_SEGMENTS));
        TestCluster cluster = source.cluster();
        spool = cluster.beside("spool");
        Files.writeString(
                source.configuration(),
                "archive-async = true\nspool-path = \"" + spool + "\"\njobs = 2\narchive-get-queue-max = \"8MiB\"\n",
                StandardOpenOption.APPEND);
        source.succeeds("init", "--apply");
        Workload.load(cluster.server(), 1);
        source.succeeds("backup");
        work(cluster.server());
        ofMoment = Oracle.contents(cluster.server());
        moment = cluster.query("SELECT pg_create_restore_point('moment')");
        work(cluster.server());
        source.archiveEverything();
        cluster.server().stop(ThrowawayServer.Shutdown.FAST);
        source.succeeds(
                "restore",
                "-D",
                cluster.data().toString(),
                "--delta",
                "--target-lsn",
                moment,
                "--target-action",
                "promote");
        cluster.start();
        awaitPrimary(cluster.server());
        work(cluster.server());
        source.archiveEverything();
    }

    /** Twelve segments at least. */
    private static void work(ThrowawayServer server) {
        try (Workload workload = Workload.start(server, 2, SEED)) {
            for (int i = 0; i < 6; i++) {
                workload.awaitMore(30);
                Sql.on(server).run("CHECKPOINT");
                Sql.on(server).value("SELECT pg_switch_wal()");
                workload.awaitMore(30);
                Sql.on(server).value("SELECT pg_switch_wal()");
            }
        }
    }

    private static void awaitPrimary(ThrowawayServer server) {
        Wait.until(
                "end of recovery",
                () -> Sql.on(server).value("SELECT pg_is_in_recovery()").equals("f"));
    }

    @AfterAll
    static void close() {
        source.close();
    }

    @Test
    void recoveryGoesThroughTheQueueOverTheSwitchOfTimelinesAndOfTheSameDirectoryToAnEarlierMoment()
            throws IOException {
        Path restored = source.restore("latest");
        assertThat(restored.resolve("postgresql.auto.conf"))
                .content()
                .contains("archive-get")
                .contains(" --archive-async --spool-path " + spool + " %f \"%p\"");
        ThrowawayServer server = source.startRestored(restored);
        assertThat(Oracle.contents(server))
                .isEqualTo(Oracle.contents(source.cluster().server()));
        Oracle.checkRunning(server);
        String log = Files.readString(server.log());
        assertThat(log).contains("restored log file \"00000002.history\"").doesNotContain("pgkeep: warning");

        // The same directory again, to a moment on the timeline that was left: while the first recovery's prefetcher
        // may live.
        server.stop(ThrowawayServer.Shutdown.IMMEDIATE);
        source.succeeds(
                "restore",
                "-D",
                restored.toString(),
                "--force",
                "--target-lsn",
                moment,
                "--target-timeline",
                "1",
                "--target-action",
                "promote");
        ThrowawayServer again = source.startRestored(restored);
        assertThat(Oracle.contents(again)).isEqualTo(ofMoment);
        again.stop(ThrowawayServer.Shutdown.FAST);
        Wait.until("an empty spool", () -> files("latest").stream().noneMatch(name -> name.startsWith("queue-")));
        // It empties the queue first and ends then.
        Wait.until("the prefetcher's end", () -> prefetcher("latest").isEmpty());
        assertThat(place("latest").resolve("prefetcher.log"))
                .content()
                .contains("prefetcher ends: the server is another");
    }

    @Test
    void aPrefetcherThatIsKilledAgainAndAgainOnlyCostsTime() throws IOException {
        Path restored = source.restore("killed");
        ThrowawayServer server = source.cluster().serverOn(restored);
        server.configure("archive_mode", "off");
        AtomicInteger kills = new AtomicInteger();
        Thread killer = Thread.ofPlatform().start(() -> killAgainAndAgain(kills));
        try {
            server.start();
            awaitPrimary(server);
            assertThat(Oracle.contents(server))
                    .isEqualTo(Oracle.contents(source.cluster().server()));
        } finally {
            killer.interrupt();
        }
        assertThat(kills).hasPositiveValue();
    }

    private static void killAgainAndAgain(AtomicInteger kills) {
        while (kills.get() < 5 && !Thread.currentThread().isInterrupted()) {
            prefetcher("killed").filter(ProcessHandle::destroyForcibly).ifPresent(_ -> kills.incrementAndGet());
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    @Test
    void aDamagedSegmentStopsRecoveryAndDoesNotEndIt() throws IOException {
        Path damaged = archived(2).get(5);
        byte[] sound = Files.readAllBytes(damaged);
        Path restored = source.restore("damaged");
        flip(damaged, sound.length / 2);
        ThrowawayServer server = source.cluster().serverOn(restored);
        server.configure("archive_mode", "off");
        try {
            assertThatThrownBy(() -> {
                        server.start();
                        awaitPrimary(server);
                    })
                    .isInstanceOf(RuntimeException.class);
            assertThat(Files.readString(server.log()))
                    .contains("exit code " + (RecoveryExit.OFFSET + ErrorCode.DAMAGED.exitStatus()))
                    .contains(damaged.getFileName().toString())
                    .doesNotContain("selected new timeline");
        } finally {
            flip(damaged, sound.length / 2);
        }
        assertThat(Files.readAllBytes(damaged)).isEqualTo(sound);
        ThrowawayServer again = source.startRestored(restored);
        assertThat(Oracle.contents(again))
                .isEqualTo(Oracle.contents(source.cluster().server()));
    }

    @Test
    void aStandbyPollsAndGetsWhatArrivesLaterAlsoWhenItsSpoolWasRemovedMeanwhile() throws IOException {
        Path restored = source.restore("standby", "--standby");
        ThrowawayServer standby = source.cluster().serverOn(restored);
        standby.configure("archive_mode", "off");
        standby.configure("wal_retrieve_retry_interval", "200ms");
        standby.start();
        source.cluster().sql("CREATE TABLE later (id int)", "INSERT INTO later VALUES (1)");
        source.archiveEverything();
        Wait.until("the row on the standby", () -> later(standby).equals("1"));
        long pid = prefetcher("standby").orElseThrow().pid();
        source.cluster().sql("INSERT INTO later VALUES (2)");
        source.archiveEverything();
        Wait.until("the second row", () -> later(standby).equals("2"));
        assertThat(prefetcher("standby").map(ProcessHandle::pid))
                .as("the same all the time")
                .contains(pid);

        removeWhileItIsUsed(place("standby"));
        source.cluster().sql("INSERT INTO later VALUES (3)");
        source.archiveEverything();
        Wait.until("the third row", () -> later(standby).equals("3"));
        assertThat(Sql.on(standby).value("SELECT pg_is_in_recovery()")).isEqualTo("t");
    }

    /** The prefetcher may make a file in it at any moment. */
    private static void removeWhileItIsUsed(Path directory) {
        Wait.until("an end of " + directory, () -> {
            try {
                DirectoryTree.delete(directory);
                return true;
            } catch (PgkeepException e) {
                return false;
            }
        });
    }

    private static String later(ThrowawayServer standby) {
        boolean there = !Sql.on(standby)
                .value("SELECT coalesce(to_regclass('later')::text, '')")
                .isEmpty();
        return there ? Sql.on(standby).value("SELECT coalesce(max(id), 0) FROM later") : "";
    }

    @Test
    void withoutADirectoryForTheSpoolRecoveryIsOnlySlower() throws IOException {
        Path file = Files.writeString(source.cluster().beside("no-directory"), "");
        Path restored = source.restore(
                "without",
                "--spool-path",
                file.resolve("spool").toString(),
                "--target",
                "immediate",
                "--target-action",
                "promote");
        ThrowawayServer server = source.startRestored(restored);
        Oracle.checkRunning(server);
        assertThat(Files.readString(server.log())).contains("pgkeep: warning: cannot write into " + file);
    }

    private static Path place(String restored) {
        String path = source.cluster().beside(restored).toString();
        return spool.resolve("get").resolve(path.substring(1).replace('/', '%'));
    }

    private static List<String> files(String restored) {
        String[] names = place(restored).toFile().list();
        return names == null ? List.of() : List.of(names);
    }

    private static Optional<ProcessHandle> prefetcher(String restored) {
        try {
            String life =
                    Files.readAllLines(place(restored).resolve("prefetcher")).getFirst();
            return ProcessHandle.of(Long.parseLong(life.split(" ", -1)[2])).filter(ProcessHandle::isAlive);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The stored segments of a timeline, in order. */
    private static List<Path> archived(int timeline) {
        String prefix = "%08X".formatted(timeline);
        return LiveTree.files(source.repository()).stream()
                .filter(file -> file.getFileName().toString().matches(prefix + "[0-9A-F]{16}-.*"))
                .filter(file -> !file.toString().endsWith(".summary"))
                .toList();
    }

    private static void flip(Path file, long position) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            assertThat(channel.read(one, position)).isEqualTo(1);
            one.put(0, (byte) (one.get(0) ^ 0x20)).flip();
            assertThat(channel.write(one, position)).isEqualTo(1);
        }
    }
}
