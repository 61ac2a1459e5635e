package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.pgkeep.demo.DirectoryTree;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.Chains;
import org.pgkeep.harness.PageComparison;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.harness.Wait;

/**
 * An incremental backup builds on what the server once was: also after a recovery to an earlier moment, and never on what lies in the
 * server's future. What a promotion does to it is in {@link StandbyBackupIT}.
 */
final class LineOfDescentIT {
    private static BackedUpCluster cluster() {
        return BackedUpCluster.setUp(Chains.prepare(TestCluster.create(Servers.newest())))
                .warm();
    }

    private static void insert(TestCluster cluster, String what) {
        cluster.sql(
                "INSERT INTO t SELECT i, '" + what + "' FROM generate_series(1, 20000) i",
                "UPDATE old SET text = '" + what + "' WHERE id % 500 = 0",
                "VACUUM",
                "CHECKPOINT");
    }

    private static void create(TestCluster cluster) {
        cluster.sql(
                "CREATE TABLE t (id int, text text)",
                "CREATE TABLE old AS SELECT i AS id, repeat('old', 30) AS text FROM generate_series(1, 30000) i");
    }

    private static String backup(BackedUpCluster source, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("-o", "json"));
        return Chains.label(source.succeeds("backup", all.toArray(String[]::new)));
    }

    /** The backup holds what the server's files hold, on which nothing moves. */
    private static void assertHolds(BackedUpCluster source, String label) {
        Path restored = source.restore("of-" + label, "--backup", label, "--target", "immediate");
        assertThat(PageComparison.masked(source.cluster().data(), restored)).isEmpty();
    }

    @Test
    void afterARecoveryToAnEarlierMomentTheBaseIsFromBeforeIt() {
        try (BackedUpCluster source = cluster()) {
            TestCluster cluster = source.cluster();
            create(cluster);
            String full = backup(source);
            insert(cluster, "kept");
            String before = backup(source);
            String here = cluster.query("SELECT pg_create_restore_point('here')");
            insert(cluster, "lost");
            String abandoned = backup(source);
            source.archiveEverything();
            cluster.server().stop(ThrowawayServer.Shutdown.FAST);
            source.succeeds(
                    "restore",
                    "-D",
                    cluster.data().toString(),
                    "--delta",
                    "--target-lsn",
                    here,
                    "--target-action",
                    "promote");
            cluster.start();
            Wait.until(
                    "end of recovery",
                    () -> cluster.query("SELECT pg_is_in_recovery()").equals("f"));
            insert(cluster, "after");

            ProgramRun refused = source.fails(
                    ErrorCode.BASE_UNUSABLE.exitStatus(),
                    "this server's history is another",
                    "backup",
                    "--base",
                    abandoned);
            assertThat(refused.err()).contains(abandoned).contains("it left that timeline at");
            for (String way : List.of("lsn", "summary", "files", "wal")) {
                String label = backup(source, "--base", before, "--changes", way);
                assertHolds(source, label);
            }
            ProgramRun chosen = source.succeeds("backup", "--type", "diff", "-o", "json");
            assertThat(chosen.out()).contains("\"base\" : \"" + full + "\"");
            assertHolds(source, Chains.label(chosen));
        }
    }

    /** A virtual machine's snapshot, or a copied directory: the same timeline, written a second time. */
    @Test
    void aServerThatWasSetBackIsToldSo() {
        try (BackedUpCluster source = cluster()) {
            TestCluster cluster = source.cluster();
            create(cluster);
            String full = backup(source);
            cluster.server().stop(ThrowawayServer.Shutdown.FAST);
            Path snapshot = copy(cluster, cluster.data(), "snapshot");
            cluster.start();
            insert(cluster, "first life");
            String future = backup(source);
            cluster.server().stop(ThrowawayServer.Shutdown.FAST);
            DirectoryTree.delete(cluster.data());
            copy(cluster, snapshot, cluster.data().getFileName().toString());
            cluster.start();

            ProgramRun refused = source.fails(
                    ErrorCode.BASE_UNUSABLE.exitStatus(),
                    "lies in the future of this server",
                    "backup",
                    "--no-archive-check",
                    "--base",
                    future);
            assertThat(refused.err()).contains("the server was restored from an earlier moment");
            insert(cluster, "second life");
            source.fails(ErrorCode.CONFLICT.exitStatus(), "is not the one that this server wrote", "backup");
            assertThat(source.labels()).containsExactly(full, future);
        }
    }

    /** It went on beyond where the base ended: then nothing but the blocks themselves tells what is as the base has it. */
    @Test
    void whatChangedInAServerThatWasSetBackIsFoundByHashAlone() {
        try (BackedUpCluster source = cluster()) {
            TestCluster cluster = source.cluster();
            create(cluster);
            cluster.server().stop(ThrowawayServer.Shutdown.FAST);
            Path snapshot = copy(cluster, cluster.data(), "snapshot");
            cluster.start();
            insert(cluster, "first life");
            String base = backup(source, "--wal", "stream");
            String end = cluster.query("SELECT pg_current_wal_lsn()");
            cluster.server().stop(ThrowawayServer.Shutdown.FAST);
            cluster.start();
            ProgramRun restarted = source.succeeds("backup", "--wal", "stream", "-o", "json");
            assertThat(restarted.err()).as("pg_wal tells that it is the same").doesNotContain("set back");
            cluster.server().stop(ThrowawayServer.Shutdown.FAST);
            DirectoryTree.delete(cluster.data());
            copy(cluster, snapshot, cluster.data().getFileName().toString());
            cluster.start();
            while (cluster.query("SELECT pg_current_wal_lsn() > '" + end + "'::pg_lsn + 16777216")
                    .equals("f")) {
                cluster.sql(
                        "CREATE TABLE IF NOT EXISTS u (id int, text text)",
                        "INSERT INTO u SELECT i, 'second life' FROM generate_series(1, 20000) i",
                        "CHECKPOINT");
            }

            ProgramRun byHash = source.succeeds("backup", "--wal", "stream", "--base", base, "-o", "json");
            assertThat(byHash.err()).contains("changes by hash: ").contains("set back to before");
            String label = Chains.label(byHash);
            assertHolds(source, label);
            ProgramRun next = source.succeeds("backup", "--wal", "stream", "-o", "json");
            assertThat(next.out()).contains("\"base\" : \"" + label + "\"");
            assertThat(next.err()).doesNotContain("changes by hash");
            assertHolds(source, Chains.label(next));
        }
    }

    /** It keeps no backup history file; what is in the backup itself tells. */
    @Test
    void aServerThatArchivesNothingIsKnownByTheWalInTheBackup() {
        try (BackedUpCluster source = BackedUpCluster.setUpWithoutArchive(
                        Chains.prepare(TestCluster.create(Servers.newest()).with("wal_keep_size", "512MB")))
                .warm()) {
            TestCluster cluster = source.cluster();
            create(cluster);
            String base = backup(source, "--wal", "stream");
            for (int i = 0; i < 3; i++) {
                cluster.server().stop(ThrowawayServer.Shutdown.FAST);
                cluster.start();
                insert(cluster, "after restart " + i);
                ProgramRun run = source.succeeds("backup", "--wal", "stream", "--base", base, "-o", "json");
                assertThat(run.err()).doesNotContain("set back");
                Path restored = source.restore("restored-" + i, "--backup", Chains.label(run), "--target", "immediate");
                assertThat(PageComparison.masked(cluster.data(), restored)).isEmpty();
            }
        }
    }

    /** WAL ends inside a record that goes over segments; the server goes on after it, and its last words as it is stopped are archived. */
    @Test
    void acrossACrashInsideALongRecordAndFromAStoppedServerWalTellsAll() throws IOException, InterruptedException {
        try (BackedUpCluster source = cluster()) {
            TestCluster cluster = source.cluster();
            create(cluster);
            String full = backup(source);
            insert(cluster, "before the crash");
            // Whether the crash comes in time is up to the machine.
            for (int i = 0; i < 20 && !recordsWereLeftIncomplete(cluster); i++) {
                crashInsideALongRecord(cluster);
                cluster.start();
            }
            assertThat(recordsWereLeftIncomplete(cluster)).isTrue();
            insert(cluster, "after the crash");
            assertHolds(source, backup(source, "--base", full, "--changes", "wal"));
            insert(cluster, "before the stop");
            cluster.server().stop(ThrowawayServer.Shutdown.FAST);
            assertHolds(source, backup(source, "--offline", "--changes", "wal"));
        }
    }

    private static void crashInsideALongRecord(TestCluster cluster) throws InterruptedException {
        String before = cluster.query("SELECT pg_current_wal_lsn()");
        Thread writer = Thread.ofVirtual().start(() -> {
            try {
                cluster.sql("SELECT pg_logical_emit_message(false, 'long', repeat('x', 300000000))");
            } catch (RuntimeException e) {
                // The server is gone.
            }
        });
        Wait.until(
                "part of a long record",
                () -> cluster.query("SELECT pg_current_wal_lsn() - '" + before + "' > 40000000")
                        .equals("t"));
        cluster.server().kill();
        writer.join();
    }

    /** Whether a page of WAL says {@code XLP_FIRST_IS_OVERWRITE_CONTRECORD} (access/xlog_internal.h). */
    private static boolean recordsWereLeftIncomplete(TestCluster cluster) throws IOException {
        try (Stream<Path> files = Files.list(cluster.data().resolve("pg_wal"))) {
            return files.filter(Files::isRegularFile).anyMatch(LineOfDescentIT::hasOverwrittenRecord);
        }
    }

    private static boolean hasOverwrittenRecord(Path segment) {
        try {
            ByteBuffer wal = ByteBuffer.wrap(Files.readAllBytes(segment)).order(ByteOrder.LITTLE_ENDIAN);
            return IntStream.range(0, wal.capacity() / 8192).anyMatch(page -> (wal.getShort(page * 8192 + 2) & 8) != 0);
        } catch (IOException e) {
            // It was recycled meanwhile.
            return false;
        }
    }

    private static Path copy(TestCluster cluster, Path from, String name) {
        Path to = cluster.beside(name);
        ProgramRun.of(
                        cluster.server().runAs().command(List.of("cp", "-a", from.toString(), to.toString())),
                        cluster.base(),
                        Map.of(),
                        Duration.ofMinutes(2))
                .orThrow();
        return to;
    }
}
