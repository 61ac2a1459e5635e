package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.pgkeep.demo.DirectoryTree;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.LiveTree;
import org.pgkeep.harness.LongBackup;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.Pgkeep;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.StreamedCluster;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.harness.Wait;

/** {@code pgkeep forget} beside a server that archives, a backup that runs, and another cluster in the same repository. */
final class ForgetIT {
    /** So many that their going takes a while, in which a process can be killed. */
    private static final int SEGMENTS = 4000;

    private static final int STOPPED = ErrorCode.STOPPED.exitStatus();
    private static final int UNKNOWN = ErrorCode.CLUSTER_UNKNOWN.exitStatus();

    @Test
    void aClusterIsNotForgottenWhileItsServerRunsAndIsGoneAfterwards() {
        try (BackedUpCluster source =
                BackedUpCluster.setUp(TestCluster.create(Servers.newest())).warm()) {
            source.succeeds("backup");
            source.fails(
                    ErrorCode.SERVER_RUNNING.exitStatus(),
                    "a server runs in " + source.cluster().data(),
                    "forget",
                    "main");
            assertThat(source.succeeds("forget", "main", "--dry-run").out()).contains("against it", "a server runs in");
            assertThat(source.labels()).hasSize(1);

            assertThat(source.succeeds("forget", "main", "--force").out()).contains("cluster 'main' is forgotten");
            assertThat(source.repository()).isDirectoryNotContaining("glob:**/clusters");
        }
    }

    @Test
    void aRunningBackupIsNamedAndForceEndsItWithNothingLeft() {
        try (BackedUpCluster source =
                BackedUpCluster.setUp(TestCluster.create(Servers.newest())).warm()) {
            LongBackup.fill(source.cluster(), "a");
            Pgkeep.Running backup = LongBackup.startForMinutes(source);
            ProgramRun refused = source.fails(
                    ErrorCode.HELD.exitStatus(),
                    "the backup of process " + backup.process().pid() + " on ",
                    "forget",
                    "main");
            assertThat(refused.err()).contains(" works on cluster 'main'", "'pgkeep stop --force --cluster main'");
            LongBackup.awaitPacks(source, backup, LongBackup.closedPacks(source) + 1);

            source.succeeds("forget", "main", "--force");
            int status = backup.await();
            assertThat(files(source, "clusters/main")).as(backup.text()).isEmpty();
            assertThat(status).as(backup.text()).isEqualTo(ErrorCode.LEASE_LOST.exitStatus());
            assertThat(source.cluster()
                            .query("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'pgkeep%'"))
                    .isEqualTo("0");
        }
    }

    @Test
    void whatABackupOfAnotherHostWritesUntilItFindsOutGoesAsWell() {
        try (BackedUpCluster source =
                BackedUpCluster.setUp(TestCluster.create(Servers.newest())).warm()) {
            LongBackup.fill(source.cluster(), "a", "b");
            Pgkeep.Running backup = LongBackup.start(source.onHost("otherhost"), "--lease-term", "4s");
            LongBackup.awaitPacks(source, backup, 2);

            ProgramRun forget = source.succeeds("forget", "main", "--force");
            assertThat(forget.err()).contains("of process " + backup.process().pid() + " on otherhost, and waiting");
            assertThat(backup.await()).as(backup.text()).isEqualTo(ErrorCode.LEASE_LOST.exitStatus());
            assertThat(files(source, "clusters/main")).as(backup.text()).isEmpty();
        }
    }

    /** It holds no lease, and looks once a second whether it may go on. */
    @Test
    void aReceiverOfItsWalEndsAndNothingOfItComesBack() {
        try (StreamedCluster source = StreamedCluster.setUp(Servers.newest())) {
            Pgkeep.Running receiver = source.receive("--slot", "pgkeep", "--synchronous");
            source.awaitStreaming();
            source.cluster().sql("CREATE TABLE t AS SELECT i AS id FROM generate_series(1, 1000) i");
            source.succeeds("forget", "main", "--force");
            Wait.until("the receiver's end", () -> {
                source.cluster().sql("INSERT INTO t VALUES (0)");
                return !receiver.process().isAlive();
            });
            assertThat(receiver.await()).as(receiver.text()).isIn(STOPPED, UNKNOWN);
            assertThat(source.repository()).isDirectoryNotContaining("glob:**/clusters");
        }
    }

    @Test
    void whatWasKilledInTheMiddleIsCompletedAndAnotherClusterStays() throws IOException {
        try (BackedUpCluster source =
                BackedUpCluster.setUp(TestCluster.create(Servers.newest())).warm()) {
            source.cluster().sql("CREATE TABLE t AS SELECT i AS id FROM generate_series(1, 1000) i");
            source.succeeds("backup");
            source.succeeds("backup");
            Map<String, String> contents = Oracle.contents(source.cluster().server());
            source.cluster().server().stop(ThrowawayServer.Shutdown.FAST);
            source.succeeds("backup", "--cluster", "other", "--offline", "--pgdata", copyOf(source.cluster()));
            List<Path> others = files(source, "clusters/other");
            Path wal = source.repository().resolve("clusters/main/wal/1");
            addSegments(source.cluster(), wal);

            forgetAndKill(source, "it begins", () -> source.labels().size() < 3);
            assertIsStopped(source);
            forgetAndKill(source, "its WAL goes", () -> LiveTree.files(wal).size() < SEGMENTS);
            assertIsStopped(source);
            assertThat(files(source, "clusters/main")).isNotEmpty();

            source.succeeds("forget", "main", "--force");
            assertThat(files(source, "clusters/main")).isEmpty();
            source.fails(ErrorCode.CLUSTER_UNKNOWN.exitStatus(), "'main'", "forget", "main", "--force");
            // Beside them is what verify noted.
            assertThat(files(source, "clusters/other")).containsAll(others);
            source.succeeds("verify", "--cluster", "other", "--deep");
            ThrowawayServer restored =
                    source.startRestored(source.restore("restored", "--cluster", "other", "--no-archive"));
            assertThat(Oracle.contents(restored)).isEqualTo(contents);
        }
    }

    /** A second cluster, which for that needs no second server. */
    private static String copyOf(TestCluster cluster) {
        Path copy = cluster.beside("copy");
        DirectoryTree.copy(cluster.data(), copy);
        cluster.server().runAs().own(copy);
        return copy.toString();
    }

    /** Objects with the names of WAL; who forgets them does not read them. */
    private static void addSegments(TestCluster cluster, Path wal) throws IOException {
        Path folder = Files.createDirectories(wal.resolve("0000000100000001"));
        for (int i = 0; i < SEGMENTS; i++) {
            Path _ = Files.createFile(
                    folder.resolve("0000000100000001%08X-%s.zst".formatted(i % 256, "%032x".formatted(i))));
        }
        cluster.server().runAs().own(folder);
    }

    private static void forgetAndKill(BackedUpCluster source, String moment, BooleanSupplier hasCome) {
        Pgkeep.Running forget = source.startInterpreted("forget", "main", "--force", "--jobs", "1");
        Wait.until(moment, () -> hasCome.getAsBoolean() || !forget.process().isAlive());
        forget.kill();
        assertThat(forget.await()).as(forget.text()).isEqualTo(128 + 9);
    }

    private static void assertIsStopped(BackedUpCluster source) {
        source.fails(ErrorCode.STOPPED.exitStatus(), "'pgkeep forget' goes on with that", "backup", "--offline");
        source.succeeds("verify", "--cluster", "other", "--deep");
    }

    private static List<Path> files(BackedUpCluster source, String folder) {
        Path root = source.repository().resolve(folder);
        return Files.exists(root) ? LiveTree.files(root) : List.of();
    }
}
