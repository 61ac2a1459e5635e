package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.Sql;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.demo.Workload;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.PageComparison;
import org.pgkeep.harness.Pgkeep;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.harness.Wait;
import org.pgkeep.postgres.MajorVersion;

/** Restores over real clusters, judged by restores into empty directories, PostgreSQL's own tools and the data. */
final class DeltaRestoreIT {
    private static final long SEED = 20261124;
    private static final int BLOCK = 8192;

    /** The oldest, the newest, and the one for which this machine has {@code pg_verifybackup}. */
    static Stream<String> majors() {
        return Servers.matrix().filter(List.of("9.6", "15", "18")::contains);
    }

    private static BackedUpCluster cluster(String major) {
        BackedUpCluster source =
                BackedUpCluster.setUp(TestCluster.create(major)).warm();
        TestCluster cluster = source.cluster();
        Workload.load(cluster.server(), 2);
        Path fast = cluster.directory("fast");
        cluster.sql(
                "CREATE TABLESPACE fast LOCATION '" + fast + "'",
                "CREATE TABLE quick TABLESPACE fast AS SELECT i AS id, md5(i::text) AS text FROM generate_series(1, 50000) i",
                "CREATE TABLE old AS SELECT i AS id, md5(i::text) AS text FROM generate_series(1, 50000) i");
        return source;
    }

    private static void work(BackedUpCluster source, long seed) {
        try (Workload workload = Workload.start(source.cluster().server(), 2, seed)) {
            workload.awaitMore(300);
        }
    }

    @ParameterizedTest
    @MethodSource("majors")
    void aClusterGoesBackInItsOwnDirectoryAndForwardAgain(String major) {
        try (BackedUpCluster source = cluster(major)) {
            TestCluster cluster = source.cluster();
            source.succeeds("backup");
            work(source, SEED);
            cluster.query("SELECT pg_create_restore_point('here')");
            Map<String, String> here = Oracle.contents(cluster.server());
            cluster.sql("DROP TABLE old", "CREATE TABLE fresh AS SELECT * FROM quick");
            work(source, SEED + 1);
            Map<String, String> end = Oracle.contents(cluster.server());
            source.archiveEverything();
            stop(cluster);

            String[] back = {"--target-name", "here", "--target-action", "promote"};
            assertDeltaIsAsGoodAsNew(source, "back", "--delta", back);
            start(cluster);
            assertThat(Oracle.contents(cluster.server())).isEqualTo(here);
            Oracle.checkRunning(cluster.server());
            stop(cluster);

            // The new timeline is the archive's latest now; the old one goes on where it was left.
            String[] forward = {"--target-timeline", "1"};
            assertDeltaIsAsGoodAsNew(source, "forward", "--delta=lsn", forward);
            start(cluster);
            assertThat(Oracle.contents(cluster.server())).isEqualTo(end);
            Oracle.checkRunning(cluster.server());
        }
    }

    /** In place, and into an empty directory: the same bytes, for less. */
    private static String assertDeltaIsAsGoodAsNew(
            BackedUpCluster source, String name, String delta, String... arguments) {
        Path data = source.cluster().data();
        Path tablespace = source.cluster().beside("fast-" + name);
        String[] elsewhere = Stream.concat(Stream.of(arguments), Stream.of("-T", "fast=" + tablespace))
                .toArray(String[]::new);
        Path fresh = source.restore(name, elsewhere);
        String[] inPlace = Stream.concat(
                        Stream.of("-D", data.toString(), delta, "--output", "json"), Stream.of(arguments))
                .toArray(String[]::new);
        String report = source.succeeds("restore", inPlace).out();

        assertThat(PageComparison.exact(fresh, data)).isEmpty();
        assertThat(number(report, "fetchedBytes")).isPositive().isLessThan(number(report, "storedBytes"));
        assertThat(number(report, "writtenBlocks")).isPositive().isLessThan(number(report, "comparedBlocks"));
        verifyBackup(source, data);
        return report;
    }

    private static long number(String json, String name) {
        Matcher matcher = Pattern.compile("\"" + name + "\" : (\\d+)").matcher(json);
        assertThat(matcher.find()).as("%s in %s", name, json).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    private static void verifyBackup(BackedUpCluster source, Path restored) {
        MajorVersion major = source.cluster().server().binaries().major();
        if (major.manifestVersion().isPresent() && Oracle.canVerifyBackup()) {
            Oracle.verifyBackup(restored);
        }
    }

    private static void stop(TestCluster cluster) {
        cluster.server().stop(ThrowawayServer.Shutdown.FAST);
    }

    private static void start(TestCluster cluster) {
        cluster.start();
        Wait.until(
                "end of recovery",
                () -> Sql.on(cluster.server())
                        .value("SELECT pg_is_in_recovery()")
                        .equals("f"));
    }

    @Test
    void damageAndLeftoversAreHealed() throws IOException {
        try (BackedUpCluster source = cluster(Servers.newest())) {
            TestCluster cluster = source.cluster();
            source.succeeds("backup");
            Map<String, String> contents = Oracle.contents(cluster.server());
            source.archiveEverything();
            List<Path> relations = Stream.of("pgbench_accounts", "quick", "pgbench_accounts_pkey")
                    .map(name -> cluster.data().resolve(cluster.query("SELECT pg_relation_filepath('" + name + "')")))
                    .toList();
            stop(cluster);
            Random random = new Random(SEED);
            for (Path relation : relations) {
                damage(relation, random);
            }
            Files.writeString(cluster.data().resolve("base/99999"), "not a database");
            Files.delete(cluster.data().resolve("pg_xact/0000"));

            String foreseen = source.succeeds("restore", "-D", cluster.data().toString(), "--delta", "--dry-run")
                    .out();
            assertThat(foreseen)
                    .contains("would be restored", "compared", "written", "fetched", "Nothing was touched.");
            assertThat(cluster.data().resolve("base/99999")).exists();

            source.succeeds("restore", "-D", cluster.data().toString(), "--delta");
            verifyBackup(source, cluster.data());
            start(cluster);
            assertThat(Oracle.contents(cluster.server())).isEqualTo(contents);
            Oracle.checkRunning(cluster.server());
            assertThat(cluster.data().resolve("base/99999")).doesNotExist();
        }
    }

    /** Flips bytes inside pages, tears one, and cuts the last off: no LSN tells of it. */
    private static void damage(Path file, Random random) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            int blocks = (int) (channel.size() / BLOCK);
            for (int i = 0; i < 5; i++) {
                byte[] noise = new byte[1 + random.nextInt(100)];
                random.nextBytes(noise);
                channel.write(
                        ByteBuffer.wrap(noise), (long) random.nextInt(blocks) * BLOCK + 100 + random.nextInt(8000));
            }
            channel.write(ByteBuffer.wrap(new byte[BLOCK / 2]), (long) random.nextInt(blocks) * BLOCK + BLOCK / 2);
            channel.truncate(channel.size() - BLOCK);
        }
    }

    @Test
    void aDeltaRestoreThatIsKilledCannotBeStartedAndIsCompletedByTheNext() {
        try (BackedUpCluster source = cluster(Servers.newest())) {
            TestCluster cluster = source.cluster();
            source.succeeds("backup");
            work(source, SEED);
            Map<String, String> contents = Oracle.contents(cluster.server());
            source.archiveEverything();
            stop(cluster);
            Path data = cluster.data();

            Pgkeep.Running killed = source.startInterpreted("restore", "-D", data.toString(), "--delta");
            Wait.until("the restore is under way", () -> Files.exists(data.resolve("global/pg_control.before")));
            killed.kill();
            assertThat(data.resolve("global/pg_control")).doesNotExist();
            assertThat(data.resolve("global/pg_control.before")).exists();

            source.succeeds("restore", "-D", data.toString(), "--delta");
            assertThat(data.resolve("global/pg_control.before")).doesNotExist();
            verifyBackup(source, data);
            start(cluster);
            assertThat(Oracle.contents(cluster.server())).isEqualTo(contents);
            Oracle.checkRunning(cluster.server());
        }
    }

    @Test
    void byLsnAClusterGoesBackOnAnyTimelineThatPassesThroughTheBackup() {
        try (BackedUpCluster source = cluster(Servers.newest())) {
            TestCluster cluster = source.cluster();
            source.succeeds("backup");
            work(source, SEED);
            cluster.query("SELECT pg_create_restore_point('here')");
            Map<String, String> here = Oracle.contents(cluster.server());
            work(source, SEED + 1);
            source.archiveEverything();
            stop(cluster);

            String[] back = {"--target-name", "here", "--target-action", "promote", "--target-timeline", "1"};
            String first = assertDeltaIsAsGoodAsNew(source, "first", "--delta=lsn", back);
            assertThat(number(first, "trustedBlocks")).isGreaterThan(number(first, "comparedBlocks") / 4);
            start(cluster);
            assertThat(Oracle.contents(cluster.server())).isEqualTo(here);
            work(source, SEED + 2);
            source.archiveEverything();
            stop(cluster);

            String second = assertDeltaIsAsGoodAsNew(source, "second", "--delta=lsn", back);
            assertThat(number(second, "trustedBlocks")).as("from timeline 2").isPositive();
            start(cluster);
            assertThat(Oracle.contents(cluster.server())).isEqualTo(here);
            Oracle.checkRunning(cluster.server());
        }
    }

    /** It counts the same timeline, and its LSNs run past the backup's: only its WAL is another. */
    @Test
    void byLsnACopyWithALifeOfItsOwnIsComparedWhole() {
        try (BackedUpCluster source = cluster(Servers.newest())) {
            TestCluster cluster = source.cluster();
            cluster.sql("DROP TABLE quick", "DROP TABLESPACE fast", "CHECKPOINT");
            stop(cluster);
            Path copy = cluster.beside("copy");
            ProgramRun copying = ProgramRun.of(
                    cluster.server()
                            .runAs()
                            .command(List.of("cp", "-a", cluster.data().toString(), copy.toString())),
                    cluster.base(),
                    Map.of(),
                    Duration.ofMinutes(10));
            assertThat(copying.exitStatus()).as(copying.err()).isZero();
            cluster.start();
            work(source, SEED);
            source.succeeds("backup");
            work(source, SEED + 1);
            Map<String, String> contents = Oracle.contents(cluster.server());
            source.archiveEverything();
            stop(cluster);

            ThrowawayServer stray = source.startRestored(copy);
            try (Workload workload = Workload.start(stray, 2, SEED + 2)) {
                workload.awaitMore(1500);
            }
            Sql.on(stray).run("CREATE TABLE filler AS SELECT repeat('x', 1000) FROM generate_series(1, 60000)");
            stray.stop(ThrowawayServer.Shutdown.FAST);

            ProgramRun run = source.succeeds("restore", "-D", copy.toString(), "--delta=lsn", "--output", "json");
            assertThat(run.err()).contains("a copy with a life of its own");
            assertThat(number(run.out(), "trustedBlocks")).isZero();
            Path fresh = source.restore("fresh");
            assertThat(PageComparison.exact(fresh, copy)).isEmpty();
            ThrowawayServer server = source.startRestored(copy);
            assertThat(Oracle.contents(server)).isEqualTo(contents);
            Oracle.checkRunning(server);
        }
    }

    @Test
    void aRunningServerAndAnotherClusterAreLeftAlone() {
        String major = Servers.newest();
        try (BackedUpCluster source =
                        BackedUpCluster.setUp(TestCluster.create(major)).warm();
                TestCluster other = TestCluster.stranger(major).start()) {
            source.succeeds("backup");
            source.fails(
                    ErrorCode.SERVER_RUNNING.exitStatus(),
                    "runs in",
                    "restore",
                    "-D",
                    source.cluster().data().toString(),
                    "--delta");
            stop(other);
            source.fails(
                    ErrorCode.CLUSTER_MISMATCH.exitStatus(),
                    "system identifier",
                    "restore",
                    "-D",
                    other.data().toString(),
                    "--delta");
            other.start();
            assertThat(other.query("SELECT 1")).isEqualTo("1");
        }
    }
}
