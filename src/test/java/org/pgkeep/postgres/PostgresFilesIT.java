package org.pgkeep.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.ThrowawayServer.Shutdown;
import org.pgkeep.demo.Workload;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.postgres.PageVerdict.BadChecksum;

/** Reads what servers of every version really write, and lets them read what is written for them. */
final class PostgresFilesIT {
    private static final String MATRIX = "org.pgkeep.harness.Servers#matrix";
    private static final Path PG_CHECKSUMS = Path.of("/usr/lib/postgresql/15/bin/pg_checksums");

    /** One stopped cluster per version, with a table that has been written, deleted from and vacuumed. */
    private static final Map<String, TestCluster> STOPPED = new HashMap<>();

    private static TestCluster stopped(String major) {
        return STOPPED.computeIfAbsent(major, version -> {
            TestCluster cluster = TestCluster.started(version);
            Workload.load(cluster.server(), 1);
            cluster.sql(
                    "CREATE UNLOGGED TABLE fleeting AS SELECT generate_series(1, 1000) AS i",
                    "DELETE FROM pgbench_accounts WHERE aid % 3 = 0",
                    "VACUUM pgbench_accounts");
            cluster.server().stop(Shutdown.FAST);
            return cluster;
        });
    }

    @AfterAll
    static void closeAll() {
        STOPPED.values().forEach(TestCluster::close);
    }

    private static ControlFile control(TestCluster cluster) throws IOException {
        return ControlFile.parse(Files.readAllBytes(cluster.data().resolve(ControlFile.PATH)));
    }

    private static List<Path> files(TestCluster cluster) throws IOException {
        try (Stream<Path> files = Files.walk(cluster.data())) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    @ParameterizedTest
    @MethodSource(MATRIX)
    void aStoppedClusterSaysSo(String major) throws IOException {
        ControlFile control = control(stopped(major));
        assertThat(control.version().text()).isEqualTo(major);
        assertThat(control.state()).isEqualTo(ClusterState.SHUTDOWNED);
        assertThat(control.checkpoint().lsn()).isEqualTo(control.checkpoint().redo());
    }

    @ParameterizedTest
    @MethodSource(MATRIX)
    void everyPageOfEveryForkIsSound(String major) throws IOException {
        TestCluster cluster = stopped(major);
        ControlFile control = control(cluster);
        PageCheck check = PageCheck.of(control);
        Map<FileKind, Integer> kinds = new TreeMap<>();
        for (Path file : files(cluster)) {
            String path = cluster.data().relativize(file).toString();
            FileKind kind = FileKind.ofPath(path);
            kinds.merge(kind, 1, Integer::sum);
            if (kind.hasPages()) {
                assertThat(badPages(path, Files.readAllBytes(file), control.layout(), check))
                        .as(path)
                        .isEmpty();
            } else if (path.startsWith("base/")) {
                assertThat(file.getFileName().toString()).isIn("PG_VERSION", "pg_filenode.map", "pg_internal.init");
            }
        }
        assertThat(kinds).containsKeys(FileKind.values());
    }

    /** Bad pages by their block. */
    private static Map<Long, PageVerdict> badPages(
            String path, byte[] content, ControlFile.Layout layout, PageCheck check) {
        long firstBlock = RelationFile.parse(path).orElseThrow().firstBlock(layout.segmentBlocks());
        Map<Long, PageVerdict> bad = new TreeMap<>();
        for (int offset = 0; offset < content.length; offset += layout.blockBytes()) {
            long block = firstBlock + offset / layout.blockBytes();
            PageVerdict verdict = check.check(content, offset, block);
            if (verdict.isBad()) {
                bad.put(block, verdict);
            }
        }
        return bad;
    }

    @ParameterizedTest
    @MethodSource(MATRIX)
    void everySegmentSaysWhoseItIs(String major) throws IOException {
        TestCluster cluster = stopped(major);
        ControlFile control = control(cluster);
        SegmentName last = control.redoSegment();
        WalHeader header = header(cluster, control.version(), last);
        header.require(last, control.systemIdentifier(), control.version());
        assertThat(header.segmentBytes()).isEqualTo(control.layout().walSegmentBytes());
    }

    private static WalHeader header(TestCluster cluster, MajorVersion version, SegmentName name) throws IOException {
        Path file = cluster.data().resolve(version.walDirectory()).resolve(name.toString());
        try (var in = Files.newInputStream(file)) {
            return WalHeader.parse(in.readNBytes(WalHeader.BYTES), name.toString());
        }
    }

    /** {@code pg_checksums} of PostgreSQL 15 reads the clusters whose {@code pg_control} is of the same version. */
    @ParameterizedTest
    @ValueSource(strings = {"13", "15"})
    void aDamagedPageIsTheOneThatPgChecksumsFinds(String major) throws IOException {
        assumeThat(PG_CHECKSUMS).isExecutable();
        assumeThat(Servers.matrix()).contains(major);
        TestCluster cluster = stopped(major);
        Path victim = largest(cluster);
        flip(victim, 5 * 8192 + 4711);

        ControlFile control = control(cluster);
        String path = cluster.data().relativize(victim).toString();
        Map<Long, PageVerdict> bad =
                badPages(path, Files.readAllBytes(victim), control.layout(), PageCheck.of(control));
        String said = pgChecksums(cluster);
        flip(victim, 5 * 8192 + 4711);

        assertThat(bad.keySet()).containsExactly(5L);
        assertThat(bad.get(5L))
                .isInstanceOfSatisfying(
                        BadChecksum.class,
                        verdict -> assertThat(said)
                                .contains(path
                                        + "\", block 5: calculated checksum %X but block contains %X"
                                                .formatted(verdict.expected(), verdict.found()))
                                .contains("Bad checksums:  1"));
        assertThat(pgChecksums(cluster)).contains("Bad checksums:  0");
    }

    private static Path largest(TestCluster cluster) throws IOException {
        return files(cluster).stream()
                .filter(file -> FileKind.ofPath(cluster.data().relativize(file).toString()) == FileKind.MAIN_FORK)
                .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
                .orElseThrow();
    }

    private static void flip(Path file, long position) throws IOException {
        try (RandomAccessFile target = new RandomAccessFile(file.toFile(), "rw")) {
            target.seek(position);
            int old = target.read();
            target.seek(position);
            target.write(old ^ 1);
        }
    }

    private static String pgChecksums(TestCluster cluster) {
        List<String> command = cluster.server()
                .runAs()
                .command(List.of(
                        PG_CHECKSUMS.toString(), "--check", "-D", cluster.data().toString()));
        ProgramRun run = ProgramRun.of(command, cluster.base(), Map.of("LC_ALL", "C"), Duration.ofMinutes(10));
        return run.out() + run.err();
    }

    @ParameterizedTest
    @ValueSource(strings = {"9.6", "18"})
    void theServerReadsASettingAsItWasMeant(String major) throws IOException {
        assumeThat(Servers.matrix()).contains(major);
        try (TestCluster cluster = TestCluster.create(major)) {
            String strange = "it's 100% \\ \"odd\" # é\ttab\\n";
            Path file = cluster.data().resolve("postgresql.auto.conf");
            byte[] edited = ConfigurationText.parse(Files.readAllBytes(file))
                    .set("Cluster_Name", "first")
                    .set("log_line_prefix", strange)
                    .set("cluster_name", "o'second")
                    .bytes();
            Files.write(file, edited);
            cluster.start();
            assertThat(cluster.query("SELECT current_setting('log_line_prefix')"))
                    .isEqualTo(strange);
            assertThat(cluster.query("SELECT current_setting('cluster_name')")).isEqualTo("o'second");

            cluster.sql("ALTER SYSTEM SET log_line_prefix = '" + strange.replace("'", "''") + "x'");
            assertThat(ConfigurationText.parse(Files.readAllBytes(file)).get("LOG_LINE_PREFIX"))
                    .contains(strange + "x");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"9.6", "13", "18"})
    void theServerStartsTheRecoveryThatItWasToldOf(String major) throws IOException {
        assumeThat(Servers.matrix()).contains(major);
        MajorVersion version = MajorVersion.ofText(major).orElseThrow();
        RecoverySettings settings = new RecoverySettings(
                new RecoveryTarget.Name("no such 'point\\"),
                true,
                RecoverySettings.Action.PAUSE,
                new RecoveryTimeline.Current(),
                true,
                Optional.of("false '%f' \"\\\""),
                Optional.empty());
        try (TestCluster cluster = TestCluster.create(major)) {
            // The WAL of initdb itself was written at wal_level minimal in 9.6, which no standby accepts.
            cluster.with("hot_standby", "on").with("wal_level", "replica").start();
            cluster.server().stop(Shutdown.FAST);
            byte[] autoConf = Files.readAllBytes(cluster.data().resolve("postgresql.auto.conf"));
            RecoverySettings.Files files = settings.files(version, autoConf);
            for (Map.Entry<String, byte[]> file : files.write().entrySet()) {
                Files.write(cluster.data().resolve(file.getKey()), file.getValue());
            }
            cluster.start();
            assertThat(cluster.query("SELECT pg_is_in_recovery()")).isIn("t", "true");
            assertThat(Files.readString(cluster.server().log(), StandardCharsets.ISO_8859_1)
                            .toLowerCase(Locale.ROOT))
                    .contains("standby mode");
            assertThat(control(cluster).state()).isEqualTo(ClusterState.IN_ARCHIVE_RECOVERY);
        }
    }
}
