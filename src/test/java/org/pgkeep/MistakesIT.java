package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.Sql;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.demo.ThrowawayServer.Shutdown;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.harness.Wait;

/** What tired people do, each of which once cost somebody a database. */
class MistakesIT {
    private static BackedUpCluster cluster() {
        return BackedUpCluster.setUp(TestCluster.create(Servers.newest()));
    }

    /** What is mounted there is not, tonight. */
    @Test
    void aRepositoryThatIsGoneIsNotMadeAnew() throws IOException {
        try (BackedUpCluster source = cluster()) {
            source.succeeds("backup");
            Path away = source.cluster().beside("away");
            Files.move(source.repository(), away);
            Files.createDirectory(source.repository());
            source.cluster().server().runAs().own(source.repository());
            source.fails(ErrorCode.REPOSITORY_MISSING.exitStatus(), "the server has archived WAL by pgkeep", "backup");
            assertThat(source.repository()).isEmptyDirectory();
            Files.delete(source.repository());
            Files.move(away, source.repository());
            source.succeeds("backup");
            source.succeeds("verify");
        }
    }

    /** It would be lost with the cluster, and the next restore would remove it. */
    @Test
    void repositoryAndDataDirectoryStayOutOfEachOther() {
        try (BackedUpCluster source = cluster()) {
            String inside = source.cluster().data().resolve("backups").toString();
            int usage = ErrorCode.USAGE.exitStatus();
            source.fails(usage, "one in the other", "init", "--repo-path", inside);
            source.fails(usage, "one in the other", "backup", "--repo-path", inside);
            assertThat(Path.of(inside)).doesNotExist();
            source.succeeds("backup");
            source.fails(
                    usage,
                    "one in the other",
                    "restore",
                    "-D",
                    source.repository().resolve("restored").toString());
            source.fails(usage, "the same", "restore", "-D", source.repository().toString(), "--force");
            source.succeeds("verify");
        }
    }

    @Test
    void aDataDirectoryMayBeNamedByALink() throws IOException {
        try (BackedUpCluster source = cluster()) {
            source.succeeds("backup");
            Path real = source.cluster().directory("real");
            Path link = Files.createSymbolicLink(source.cluster().beside("link"), real);
            for (String how : new String[] {"--dry-run", "--archive-mode=off", "--delta", "--force"}) {
                source.succeeds("restore", "-D", link.toString(), how);
            }
            assertThat(Files.isSymbolicLink(link)).isTrue();
            source.startRestored(real).stop(Shutdown.FAST);
        }
    }

    @Test
    void anArchiveCommandOfAnotherRepositoryIsNoticed() {
        try (BackedUpCluster source = cluster()) {
            String other = source.cluster().directory("other").toString();
            assertThat(source.succeeds("init", "--repo-path", other).out())
                    .contains("archive_command = ")
                    .contains("--repo-path " + other);
            ProgramRun check = source.run("check", "--repo-path", other, "--archive-timeout", "1s");
            assertThat(check.exitStatus()).isEqualTo(ErrorCode.ARCHIVING.exitStatus());
            assertThat(check.out()).contains("archive_command names another repository");
            assertThat(source.succeeds("init").out()).contains("The server's settings are right");
        }
    }

    /** A night without work: PostgreSQL would replay all there is, find nothing after the target, and fail. */
    @Test
    void aTimeAfterTheLastTransactionIsRefusedUntilThereIsOne() throws InterruptedException {
        TestCluster quiet = TestCluster.create(Servers.newest()).with("autovacuum", "off");
        try (BackedUpCluster source = BackedUpCluster.setUp(quiet)) {
            source.succeeds("backup");
            quiet.sql("CREATE TABLE evening AS SELECT 1 AS n");
            Thread.sleep(1500);
            String night = quiet.query("SELECT clock_timestamp()");
            Thread.sleep(1500);
            source.archiveEverything();
            source.archiveEverything();

            int unreachable = ErrorCode.TARGET_UNREACHABLE.exitStatus();
            String target = quiet.beside("refused").toString();
            source.fails(
                    unreachable,
                    "has no transaction that ended after the target time",
                    "restore",
                    "-D",
                    target,
                    "--target-time",
                    night);
            assertThat(Path.of(target)).doesNotExist();
            ProgramRun verify = source.run("verify", "--target-time", night);
            assertThat(verify.exitStatus()).as(verify.out()).isEqualTo(unreachable);

            quiet.sql("CREATE TABLE morning AS SELECT 2 AS n");
            source.archiveEverything();
            source.succeeds("verify", "--target-time", night);
            ThrowawayServer server = source.startRestored(
                    source.restore("restored", "--target-time", night, "--target-action", "promote"));
            assertThat(Sql.on(server).column("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
                    .containsExactly("evening");
            server.stop(Shutdown.FAST);
        }
    }

    /** It was restored without --archive-mode off, and promoted: its timeline is the archive's latest from then on. */
    @Test
    void aCopyThatArchivesAsTheOriginalIsNoticed() {
        try (BackedUpCluster source = cluster()) {
            source.succeeds("backup");
            source.cluster().sql("CREATE TABLE original AS SELECT 1");
            source.archiveEverything();
            ThrowawayServer copy =
                    source.cluster().serverOn(source.restore("copy")).start();
            Wait.until(
                    "its promotion",
                    () -> Sql.on(copy).value("SELECT pg_is_in_recovery()").equals("f"));
            Wait.until(
                    "its history in the archive",
                    () -> source.succeeds("info", "--wal", "-o", "json").out().contains("\"timeline\" : 2"));

            ProgramRun backup = source.run("backup");
            assertThat(backup.exitStatus()).as(backup.err()).isEqualTo(ErrorCode.EXIT_WARNINGS);
            assertThat(backup.err()).contains("the archive has timeline 2, but this server writes timeline 1");
            assertThat(source.run("check").out()).contains("the archive has timeline 2");
            copy.stop(Shutdown.FAST);
            Path restored = source.restore("restored", "--target-timeline", "1");
            assertThat(Files.exists(restored.resolve("recovery.signal"), LinkOption.NOFOLLOW_LINKS))
                    .isTrue();
        }
    }
}
