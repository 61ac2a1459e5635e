package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pgkeep.archive.RecoveryExit;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.demo.Workload;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.LiveTree;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.harness.Wait;

/** WAL goes to two repositories, of which one dies and comes back. */
final class SeveralRepositoriesIT {
    private static final long SEED = 20261129;
    private static final int DEAD = ErrorCode.REPOSITORY_MISSING.exitStatus();

    @Test
    void walReachesTheLivingOneAndTheOtherCatchesUp() throws IOException {
        try (BackedUpCluster source =
                BackedUpCluster.setUp(TestCluster.create(Servers.newest())).warm()) {
            TestCluster cluster = source.cluster();
            Path second = addSecond(source);
            cluster.sql("CREATE TABLE t AS SELECT 1 AS id");
            source.succeeds("backup", "--repo", "local");
            source.succeeds("backup", "--repo", "second");
            String both = next(cluster);
            await(cluster, source.repository(), both);
            await(cluster, second, both);
            // Else the server never gets beyond this one: it is not in both before archive_command has ended.
            Wait.until(
                    "the end of archive_command",
                    () -> cluster.query("SELECT coalesce(max(last_archived_wal), '') FROM pg_stat_archiver")
                                    .compareTo(both)
                            >= 0);

            Path away = second.resolveSibling("away");
            Files.move(second, away);
            cluster.sql("INSERT INTO t VALUES (2)");
            String kept = next(cluster);
            await(cluster, source.repository(), kept);
            Wait.until(
                    "a failure",
                    () -> cluster.query("SELECT coalesce(max(last_failed_wal), '') FROM pg_stat_archiver")
                            .equals(kept));
            assertThat(cluster.server().logTail()).contains("repository 'second'", "'local' took it");
            Path target = cluster.beside("got");
            assertThat(source.succeeds("archive-get", kept, target.toString()).err())
                    .isEmpty();
            ProgramRun missing = source.run("archive-get", "0000000100000FFF00000001", target.toString());
            assertThat(missing.exitStatus()).as(missing.err()).isEqualTo(DEAD).isNotEqualTo(ErrorCode.EXIT_NOT_FOUND);
            assertThat(DEAD + RecoveryExit.OFFSET).isGreaterThan(125);

            Files.move(away, second);
            cluster.sql("INSERT INTO t VALUES (3)");
            // Wakes the archiver, which after some failures sleeps for a minute.
            String last = next(cluster);
            await(cluster, second, kept);
            await(cluster, source.repository(), last);
            await(cluster, second, last);
            for (String repository : new String[] {"local", "second"}) {
                source.succeeds("verify", "--deep", "--repo", repository);
            }
            assertThat(source.run("archive-get", "0000000100000FFF00000001", target.toString())
                            .exitStatus())
                    .isEqualTo(ErrorCode.EXIT_NOT_FOUND);
            restoresFromTheOtherOne(source, last, target);
        }
    }

    @Test
    void theClusterIsReadOnceAndEachRepositoryRestoresAlone() throws IOException {
        try (BackedUpCluster source =
                BackedUpCluster.setUp(TestCluster.create(Servers.newest())).warm()) {
            TestCluster cluster = source.cluster();
            Path second = addSecond(source);
            Workload.load(cluster.server(), 1);
            source.fails(ErrorCode.USAGE.exitStatus(), "repository 'third' is in no", "backup", "--copy-to", "third");
            assertThat(source.labels()).isEmpty();
            try (Workload workload = Workload.start(cluster.server(), 2, SEED)) {
                workload.awaitMore(50);
                assertThat(source.succeeds("backup", "--copy-to", "second").out())
                        .contains("into 'second': ");
                workload.awaitMore(50);
                source.succeeds("backup", "--copy-to", "second");
                workload.awaitMore(50);

                Path away = second.resolveSibling("away");
                Files.move(second, away);
                ProgramRun alone = source.run("backup", "--no-archive-check", "--wal=stream", "--copy-to", "second");
                assertThat(alone.exitStatus()).as(alone.err()).isEqualTo(ErrorCode.EXIT_WARNINGS);
                assertThat(alone.err()).contains("but not copied into repository 'second': there is no repository");
                Files.move(away, second);
            }
            String last = source.labels().getLast();
            assertThat(source.succeeds("copy", "--to", "second", "--all", "--dry-run")
                            .out())
                    .contains("1 of 3 backups would be copied into repository 'second'");
            source.succeeds("copy", "--to", "second", last);
            assertThat(source.succeeds("copy", "--to", "second", "--all", "-o", "json")
                            .out())
                    .doesNotContain("\"wasThere\" : false");
            source.succeeds("verify", "--deep", "--repo", "second");
            source.archiveEverything();
            String end = next(cluster);
            await(cluster, second, end);
            Map<String, String> contents = Oracle.contents(cluster.server());
            cluster.server().stop(ThrowawayServer.Shutdown.FAST);
            flipEveryPack(source.repository());
            Path healed = cluster.beside("healed");
            assertThat(source.succeeds("restore", "-D", healed.toString()).err())
                    .contains("; repository 'second' gave it");
            ThrowawayServer first = source.startRestored(healed);
            assertThat(Oracle.contents(first)).isEqualTo(contents);
            first.stop(ThrowawayServer.Shutdown.FAST);
            Path gone = source.repository().resolveSibling("gone");
            Files.move(source.repository(), gone);
            Path restored = source.restore("restored", "--repo", "second");
            ThrowawayServer server = source.startRestored(restored);
            assertThat(Oracle.contents(server)).isEqualTo(contents);
            Oracle.checkRunning(server);
            Files.move(gone, source.repository());
        }
    }

    private static void restoresFromTheOtherOne(BackedUpCluster source, String last, Path target) throws IOException {
        Map<String, String> contents = Oracle.contents(source.cluster().server());
        source.cluster().server().stop(ThrowawayServer.Shutdown.FAST);
        Path away = source.repository().resolveSibling("away");
        Files.move(source.repository(), away);
        assertThat(source.succeeds("archive-get", last, target.toString()).err())
                .contains("repository 'local': there is no repository", "repository 'second' gave the file");
        ThrowawayServer restored = source.startRestored(source.restore("end", "--repo", "second"));
        assertThat(Oracle.contents(restored)).isEqualTo(contents);
        Files.move(away, source.repository());
    }

    /** A bit in the middle of each: some frame is damaged, or the index. */
    private static void flipEveryPack(Path repository) throws IOException {
        List<Path> packs = LiveTree.files(repository).stream()
                .filter(file -> file.toString().endsWith(".pack"))
                .toList();
        assertThat(packs).isNotEmpty();
        for (Path pack : packs) {
            byte[] bytes = Files.readAllBytes(pack);
            bytes[bytes.length / 2] ^= 1;
            // As a disk does, and not as somebody who may not write there.
            boolean _ = pack.toFile().setWritable(true);
            Files.write(pack, bytes);
        }
    }

    private static Path addSecond(BackedUpCluster source) throws IOException {
        Path second = source.cluster().directory("second");
        Files.writeString(
                source.configuration(),
                "\n[repository.second]\npath = \"" + second + "\"\n",
                StandardOpenOption.APPEND);
        assertThat(source.succeeds("init", "--repo", "second").err()).contains("'pgkeep init --repo NAME' for local");
        return second;
    }

    /** Completes a segment; its name. */
    private static String next(TestCluster cluster) {
        String segment = cluster.query("SELECT pg_walfile_name(pg_create_restore_point('so far'))");
        cluster.query("SELECT pg_switch_wal()");
        return segment;
    }

    private static void await(TestCluster cluster, Path repository, String segment) {
        try {
            Wait.until(
                    "segment " + segment + " in " + repository,
                    () -> LiveTree.files(repository).stream()
                            .anyMatch(file -> file.getFileName().toString().startsWith(segment + "-")));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + cluster.server().logTail(), e);
        }
    }
}
