package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.Chains;
import org.pgkeep.harness.LiveTree;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;

/** A pack that a chain shares is damaged, and repaired: what verify says, what restore does, and that the cluster comes back both times. */
final class DamagedBackupIT {
    private static final int DAMAGED = ErrorCode.DAMAGED.exitStatus();

    @Test
    void aDamagedChainIsPassedOverUntilItIsRepaired() throws IOException {
        TestCluster cluster = TestCluster.create(Servers.newest());
        try (BackedUpCluster source = BackedUpCluster.setUp(cluster).warm()) {
            cluster.sql("CREATE TABLE t AS SELECT g AS id, repeat('x', 100) AS v FROM generate_series(1, 20000) g");
            String sound = backup(source, "full");
            String full = backup(source, "full");
            cluster.sql("UPDATE t SET v = 'y' WHERE id % 50 = 0", "CHECKPOINT");
            String incremental = backup(source, "incr");
            source.archiveEverything();

            Path pack = flip(source, full);
            ProgramRun verify = source.run("verify", "-o", "json");
            assertThat(verify.exitStatus()).as(verify.err()).isEqualTo(DAMAGED);
            assertThat(damaged(verify)).containsExactly(full, incremental);
            ProgramRun refused = source.fails(
                    DAMAGED,
                    "backup " + incremental + " is not used",
                    "restore",
                    "-D",
                    cluster.beside("refused").toString(),
                    "--backup",
                    incremental);
            assertThat(refused.err()).contains("give --backup " + sound);
            assertThat(cluster.beside("refused")).doesNotExist();
            comesBack(source, "from-sound", sound);

            flip(pack);
            ProgramRun healed = source.succeeds("verify", "--deep", "-o", "json");
            assertThat(damaged(healed)).isEmpty();
            assertThat(source.succeeds("verify", "--target", "immediate").out())
                    .contains("can be restored", incremental);
            comesBack(source, "from-healed", incremental);
        }
    }

    /** A segment that no backup needs to be consistent, but all that comes after it does. */
    @Test
    void noRecoveryIsLedThroughADamagedSegmentUntilItIsArchivedOnceMore() throws IOException {
        TestCluster cluster = TestCluster.create(Servers.newest());
        try (BackedUpCluster source = BackedUpCluster.setUp(cluster).warm()) {
            String label = backup(source, "full");
            cluster.sql("CREATE TABLE t AS SELECT 1 AS a");
            String segment = cluster.query("SELECT pg_walfile_name(pg_current_wal_insert_lsn())");
            source.archiveEverything();
            Path kept = cluster.beside(segment);
            Files.copy(cluster.data().resolve("pg_wal").resolve(segment), kept);
            cluster.server().runAs().own(kept);
            cluster.sql("CREATE TABLE u AS SELECT 2 AS a");
            String behind = cluster.query("SELECT pg_current_wal_lsn()");
            source.archiveEverything();
            Path stored = LiveTree.files(source.repository()).stream()
                    .filter(file -> file.getFileName().toString().matches(segment + "-[0-9a-f]{32}\\.zst"))
                    .findFirst()
                    .orElseThrow();
            source.succeeds("verify", "--target-lsn", behind);

            flip(stored);
            ProgramRun verify = source.run("verify");
            assertThat(verify.exitStatus()).isEqualTo(DAMAGED);
            assertThat(source.succeeds("info").out()).contains("segment " + segment + " is damaged");
            assertThat(source.succeeds("info", "--wal").out())
                    .contains("DAMAGED")
                    .contains(segment);
            String[] restore = {"-D", cluster.beside("refused").toString(), "--target-lsn", behind};
            source.fails(ErrorCode.TARGET_UNREACHABLE.exitStatus(), segment, "restore", restore);
            assertThat(cluster.beside("refused")).doesNotExist();

            source.succeeds("archive-push", kept.toString());
            assertThat(source.succeeds("info").out()).doesNotContain("is damaged");
            source.succeeds("verify");
            comesBack(source, "healed", label);
        }
    }

    private static String backup(BackedUpCluster source, String type) {
        return Chains.label(source.succeeds("backup", "--type", type, "-o", "json"));
    }

    private static List<String> damaged(ProgramRun verify) throws IOException {
        List<String> damaged = new ArrayList<>();
        for (JsonNode backup : new ObjectMapper().readTree(verify.out()).get("backups")) {
            assertThat(backup.get("marked").asBoolean()).isTrue();
            if (backup.get("status").asText().equals("damaged")) {
                damaged.add(backup.get("label").asText());
            }
        }
        return damaged;
    }

    /** Damages the index of the first pack of a backup, without which nothing of it can be found. */
    private static Path flip(BackedUpCluster source, String label) throws IOException {
        Path pack = LiveTree.files(source.repository()).stream()
                .filter(file -> file.endsWith(Path.of(label, "packs", "1.pack")))
                .findFirst()
                .orElseThrow();
        flip(pack);
        return pack;
    }

    private static void flip(Path pack) throws IOException {
        byte[] bytes = Files.readAllBytes(pack);
        bytes[bytes.length - 60] ^= 1;
        // As a disk does, and not as somebody who may not write there.
        boolean _ = pack.toFile().setWritable(true);
        Files.write(pack, bytes);
    }

    private static void comesBack(BackedUpCluster source, String name, String label) throws IOException {
        ProgramRun restore =
                source.succeeds("restore", "-D", source.cluster().beside(name).toString(), "-o", "json");
        assertThat(new ObjectMapper().readTree(restore.out()).get("backup").asText())
                .isEqualTo(label);
        ThrowawayServer server = source.startRestored(source.cluster().beside(name));
        assertThat(Oracle.contents(server))
                .isEqualTo(Oracle.contents(source.cluster().server()));
        Oracle.amcheck(server);
        server.stop(ThrowawayServer.Shutdown.IMMEDIATE);
    }
}
