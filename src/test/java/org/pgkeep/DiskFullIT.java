package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.LongBackup;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.SmallDisk;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.harness.Wait;

/** Disks that fill up while pgkeep writes to them: what was there stays good, and with room again all goes on. */
final class DiskFullIT {
    private static final long SEED = 20261129;
    private static final int FULL = ErrorCode.DISK_FULL.exitStatus();

    /** Enough for some WAL, too little for a backup. */
    private static final long TIGHT = 6 << 20;

    @Test
    void aBackupIntoAFullRepositoryFailsAndHarmsNothing() {
        try (SmallDisk disk = SmallDisk.mount(256);
                BackedUpCluster source = BackedUpCluster.setUp(TestCluster.create(Servers.newest()), disk.root())) {
            TestCluster cluster = source.cluster();
            cluster.sql("CREATE TABLE marker AS SELECT 1 AS id");
            source.succeeds("backup");
            LongBackup.fill(cluster, "a", "b");
            // The first to read a row notes in its page that it is committed, which is WAL, too.
            Map<String, String> contents = Oracle.contents(cluster.server());
            source.archiveEverything();

            disk.leave(TIGHT);
            ProgramRun run = source.fails(FULL, "No space left on device", "backup");
            assertThat(run.err())
                    .contains(disk.root() + "/clusters/main/backups/")
                    .contains(".pack")
                    .contains("HINT: Free space");
            assertThat(cluster.query("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'pgkeep%'"))
                    .isEqualTo("0");
            assertThat(source.labels()).hasSize(1);
            source.succeeds("verify", "--deep");
            Path restored = source.restore("restored");
            assertThat(Oracle.contents(source.startRestored(restored))).isEqualTo(contents);

            disk.free();
            source.succeeds("backup");
            source.succeeds("verify", "--deep");
            assertThat(source.labels()).hasSize(2);
        }
    }

    /** Whatever the command is that finds no room, and wherever it is then. */
    @Test
    void aDiskThatIsFullAtAnyMomentLosesNothing() {
        try (SmallDisk disk = SmallDisk.mount(256);
                BackedUpCluster source = BackedUpCluster.setUp(TestCluster.create(Servers.newest()), disk.root())
                        .warm()) {
            TestCluster cluster = source.cluster();
            LongBackup.fill(cluster, "a");
            source.succeeds("backup");
            SplittableRandom random = new SplittableRandom(SEED);
            List<Integer> statuses = new ArrayList<>();
            for (int round = 0; round < 4; round++) {
                cluster.sql("UPDATE a SET note = note || 'x' WHERE id % 40 = " + round);
                source.archiveEverything();
                List<String> before = source.labels();
                disk.leave(random.nextLong(16 << 10, 5 << 20));
                statuses.add(source.run("backup", "--no-archive-check").exitStatus());
                statuses.add(source.run("merge", before.getLast()).exitStatus());
                statuses.add(source.run("compact", "--threshold", "100").exitStatus());
                statuses.add(source.run("annotate", before.getLast(), "--note", "round " + round)
                        .exitStatus());
                source.succeeds("verify", "--deep", "--no-wal");
                disk.free();
                cluster.sql("SELECT pg_switch_wal()");
            }
            assertThat(statuses).as(statuses.toString()).containsOnly(0, FULL).contains(FULL);
            source.succeeds("backup");
            source.archiveEverything();
            source.succeeds("verify", "--deep");
            Map<String, String> contents = Oracle.contents(cluster.server());
            assertThat(Oracle.contents(source.startRestored(source.restore("restored"))))
                    .isEqualTo(contents);
        }
    }

    @Test
    void aSegmentThatFindsNoRoomStaysWithTheServerUntilThereIsSome() {
        try (SmallDisk disk = SmallDisk.mount(64);
                BackedUpCluster source = BackedUpCluster.setUp(TestCluster.create(Servers.newest()), disk.root())) {
            TestCluster cluster = source.cluster();
            source.succeeds("check");
            disk.leave(0);
            cluster.sql("CREATE TABLE t AS SELECT 1 AS id");
            String segment = cluster.query("SELECT pg_walfile_name(pg_current_wal_lsn())");
            source.fails(
                    FULL,
                    segment,
                    "archive-push",
                    cluster.data().resolve("pg_wal").resolve(segment).toString());
            cluster.sql("SELECT pg_switch_wal()");
            Wait.until(
                    "the server says that archiving failed",
                    () -> cluster.query("SELECT last_failed_wal FROM pg_stat_archiver")
                            .equals(segment));
            assertThat(cluster.server().logTail())
                    .contains("No space left on device")
                    .contains("exit code " + FULL);
            assertThat(source.fails(ErrorCode.EXIT_WARNINGS, "", "wal", "status")
                            .out())
                    .contains("1 file waits since ")
                    .contains("FAILING for " + segment);

            disk.free();
            source.archiveEverything();
            source.succeeds("verify");
        }
    }

    @Test
    void aRestoreIntoAFullDiskCannotBeStartedAndIsRunAgain() {
        try (SmallDisk disk = SmallDisk.mount(256);
                BackedUpCluster source = BackedUpCluster.setUp(TestCluster.create(Servers.newest()))) {
            TestCluster cluster = source.cluster();
            LongBackup.fill(cluster, "a");
            source.succeeds("backup");
            source.archiveEverything();
            Map<String, String> contents = Oracle.contents(cluster.server());
            Path target = disk.root().resolve("data");

            disk.leave(TIGHT);
            ProgramRun run = source.fails(FULL, "No space left on device", "restore", "-D", target.toString());
            assertThat(run.err()).contains("cannot write " + target + "/").contains("HINT: Free space");
            assertThat(target.resolve("global/pg_control")).doesNotExist();
            assertThatThrownBy(() -> cluster.serverOn(target).start()).hasMessageContaining("does not start");

            disk.free();
            source.succeeds("restore", "-D", target.toString());
            assertThat(Oracle.contents(source.startRestored(target))).isEqualTo(contents);
        }
    }
}
