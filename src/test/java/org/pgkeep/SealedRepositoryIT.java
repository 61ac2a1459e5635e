package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.demo.Workload;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.LiveTree;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.PageComparison;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;

/** The whole way through a sealed repository: archived, backed up and brought back with a key, and closed to who has none. */
final class SealedRepositoryIT {
    private static final String MARKER = "needle in the haystack";

    @Test
    void aSealedRepositoryGivesBackWhatItGotAndNothingToWhoHasNoKey() throws IOException {
        try (BackedUpCluster source = BackedUpCluster.setUpSealed(TestCluster.create(Servers.newest()))) {
            TestCluster cluster = source.cluster();
            Workload.load(cluster.server(), 1);
            cluster.sql(
                    "CREATE TABLE secrets AS SELECT '" + MARKER + " ' || i AS text FROM generate_series(1, 1000) i");
            source.succeeds("check");
            source.succeeds("backup", "--compress", "none");
            cluster.sql("UPDATE secrets SET text = text || '!'");
            source.succeeds("backup", "--compress", "none");
            cluster.sql("VACUUM");
            source.archiveEverything();
            theKeyIsShownNowhere(source);
            cluster.server().stop(ThrowawayServer.Shutdown.FAST);
            source.succeeds("verify", "--deep");

            Path restored = source.restore("restored");
            source.startRestored(restored).stop(ThrowawayServer.Shutdown.FAST);
            assertThat(PageComparison.masked(cluster.data(), restored)).isEmpty();
            ThrowawayServer server = source.startRestored(restored);
            Oracle.checkRunning(server);
            server.stop(ThrowawayServer.Shutdown.FAST);

            nothingIsReadable(source);
            whoHasNoKeyIsTold(source);
        }
    }

    /** Neither rows, nor names of files or databases, in anything that is stored. */
    private static void nothingIsReadable(BackedUpCluster source) {
        List<Path> stored = LiveTree.files(source.repository()).stream()
                .filter(file -> !file.toString().endsWith(".tmp"))
                .toList();
        assertThat(stored).hasSizeGreaterThan(10).allSatisfy(file -> {
            String content = Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
            assertThat(content).doesNotContain(MARKER, "pg_control", "systemIdentifier", "START WAL LOCATION");
        });
    }

    private static void theKeyIsShownNowhere(BackedUpCluster source) throws IOException {
        String key = Files.readString(source.cluster().beside("backup.key")).strip();
        assertThat(key).hasSize(64);
        for (String[] line : new String[][] {{"config"}, {"info", "-o", "json"}, {"verify", "--log-level", "debug"}}) {
            ProgramRun run = source.run(line[0], java.util.Arrays.copyOfRange(line, 1, line.length));
            assertThat(run.out() + run.err()).doesNotContain(key);
        }
        assertThat(source.cluster().query("SHOW archive_command"))
                .contains("archive-push")
                .doesNotContain(key);
    }

    private static void whoHasNoKeyIsTold(BackedUpCluster source) throws IOException {
        Path key = source.cluster().beside("backup.key");
        Path kept = Files.move(key, key.resolveSibling("elsewhere"));
        source.fails(ErrorCode.PATH_MISSING.exitStatus(), key.toString(), "info");
        Files.writeString(
                source.configuration(), Files.readString(source.configuration()).replaceFirst("key-file.*", ""));
        source.fails(ErrorCode.KEY_MISSING.exitStatus(), "is sealed, and no key was given", "info");
        source.fails(ErrorCode.KEY_MISSING.exitStatus(), "is sealed", "restore", "-D", "/nowhere/at/all");
        source.succeeds("info", "--key-file", kept.toString());
    }
}
