package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.Sql;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.Chains;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.PageComparison;
import org.pgkeep.harness.TestCluster;

/** Incremental backups of clusters without page checksums, and of one that gets them between two backups. */
final class ChecksumsIT {
    /** Debian's, because the servers from Maven Central come without. It works on the clusters of its own major version. */
    private static final Path PG_CHECKSUMS = Path.of("/usr/lib/postgresql/15/bin/pg_checksums");

    private static final ThrowawayServer.Options WITHOUT =
            new ThrowawayServer.Options(false, OptionalInt.empty(), false);

    private static BackedUpCluster cluster() {
        BackedUpCluster source =
                BackedUpCluster.setUp(TestCluster.create("15", WITHOUT)).warm();
        source.cluster().sql("CREATE TABLE t AS SELECT i AS id, md5(i::text) AS text FROM generate_series(1, 30000) i");
        return source;
    }

    /**
     * VACUUM marks pages and the visibility map, and leaves the pages' LSN: of a page that is believed to be old, the mark would be
     * missing beside the map's, and later changes of it would be missed by index-only scans.
     */
    @Test
    void withoutChecksumsNoPageIsBelievedToBeOld() {
        try (BackedUpCluster source = cluster()) {
            TestCluster cluster = source.cluster();
            cluster.sql("CREATE EXTENSION pg_visibility", "CHECKPOINT");
            source.succeeds("backup");
            cluster.sql("VACUUM t", "CHECKPOINT");
            ProgramRun refused = source.fails(
                    ErrorCode.BASE_UNUSABLE.exitStatus(), "without page checksums", "backup", "--changes", "lsn");
            assertThat(refused.err()).contains("--changes=auto");
            ProgramRun taken = source.succeeds("backup", "-o", "json");
            assertThat(taken.out()).contains("\"changes\" : \"wal\"");

            Path restored = source.restore("restored", "--target", "immediate", "--target-action", "promote");
            ThrowawayServer server = source.startRestored(restored);
            assertThat(Sql.on(server).value("SELECT sum(all_visible::int) > 0 FROM pg_visibility_map('t')"))
                    .isEqualTo("t");
            assertThat(Sql.on(server)
                            .value("SELECT count(*) FROM pg_visibility('t') WHERE all_visible <> pd_all_visible"))
                    .isEqualTo("0");
        }
    }

    @Test
    void afterChecksumsWereSwitchedOnEveryPageIsCompared() {
        assumeTrue(Files.isExecutable(PG_CHECKSUMS), PG_CHECKSUMS + " is not there");
        try (BackedUpCluster source = cluster()) {
            TestCluster cluster = source.cluster();
            cluster.sql("VACUUM");
            source.succeeds("backup");
            pgChecksums(cluster, "--enable");
            ProgramRun taken = source.succeeds("backup", "-o", "json");
            assertThat(taken.out()).contains("\"changes\" : \"hash\"");
            assertThat(taken.err()).contains("page checksums were switched on since the base");
            Path restored = source.restore(
                    "on", "--backup", Chains.label(taken), "--target", "immediate", "--target-action", "promote");
            assertThat(PageComparison.masked(cluster.data(), restored)).isEmpty();
            // Every page that a server reads must have a right checksum now.
            Oracle.amcheck(source.startRestored(restored));

            ProgramRun next = source.succeeds("backup", "--changes", "lsn", "-o", "json");
            assertThat(next.out()).contains("\"changes\" : \"lsn\"");
            pgChecksums(cluster, "--disable");
            ProgramRun last = source.succeeds("backup", "--changes", "lsn", "-o", "json");
            assertThat(last.err()).contains("switched off since the base");
        }
    }

    private static void pgChecksums(TestCluster cluster, String what) {
        cluster.server().stop(ThrowawayServer.Shutdown.FAST);
        List<String> command =
                List.of(PG_CHECKSUMS.toString(), what, "-D", cluster.data().toString());
        ProgramRun.of(cluster.server().runAs().command(command), cluster.base(), Map.of(), Duration.ofMinutes(2))
                .orThrow();
        cluster.start();
    }
}
