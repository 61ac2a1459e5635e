package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgkeep.demo.DirectoryTree;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.Sql;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.LiveTree;
import org.pgkeep.harness.LongBackup;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.Pgkeep;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.harness.Wait;

/** Restores that must be refused, that find damage, and that are cut off. One source for all; each test mends what it breaks. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RestoreHazardsIT {
    private BackedUpCluster source;
    private Path backup;
    private Path target;
    private Map<String, String> contents;
    private int targets;

    @BeforeAll
    void backUp() {
        source = BackedUpCluster.setUp(TestCluster.create(Servers.newest())).warm();
        LongBackup.fill(source.cluster(), "a", "b", "c", "d");
        source.succeeds("backup");
        source.archiveEverything();
        contents = Oracle.contents(source.cluster().server());
        backup = source.repository()
                .resolve("clusters/main/backups")
                .resolve(source.labels().getFirst());
    }

    @AfterAll
    void close() {
        source.close();
    }

    @BeforeEach
    void chooseTarget() {
        target = source.cluster().beside("target-" + ++targets);
    }

    /** Leaves no hundred megabytes behind for the next test. */
    @AfterEach
    void removeTarget() {
        if (!target.equals(source.cluster().data()) && Files.exists(target)) {
            DirectoryTree.delete(target);
        }
    }

    private ProgramRun refused(ErrorCode code, String words, String... arguments) {
        List<String> all = new ArrayList<>(List.of("-D", target.toString()));
        all.addAll(List.of(arguments));
        return source.fails(code.exitStatus(), words, "restore", all.toArray(String[]::new));
    }

    private void comesBack(String... arguments) {
        List<String> all = new ArrayList<>(List.of("-D", target.toString()));
        all.addAll(List.of(arguments));
        source.succeeds("restore", all.toArray(String[]::new));
        ThrowawayServer server = source.startRestored(target);
        assertThat(Oracle.contents(server)).isEqualTo(contents);
        server.stop(ThrowawayServer.Shutdown.FAST);
    }

    @Test
    void aDirectoryInWhichAServerRunsIsRefusedAlsoByForce() {
        for (String[] force : new String[][] {{}, {"--force"}}) {
            target = source.cluster().data();
            refused(ErrorCode.SERVER_RUNNING, "a server with process id", force);
        }
        assertThat(source.cluster().query("SELECT count(*) FROM a")).isEqualTo("200000");
    }

    @Test
    void aDirectoryWithFilesOfOthersIsRefusedAlsoByForce() throws IOException {
        target = source.cluster().directory("photos");
        Path photo = Files.writeString(target.resolve("photo.jpg"), "smile");
        refused(ErrorCode.PATH_NOT_EMPTY, target.toString());
        refused(ErrorCode.PATH_NOT_EMPTY, target.toString(), "--force");
        assertThat(photo).hasContent("smile");
    }

    /** As the launcher starts Java, where a machine has many processors, or somebody asks for much. */
    @Test
    void noMoreWorkAtOnceThanMemoryIsEnoughFor() {
        var pgkeep = Pgkeep.of(source.cluster());

        var whole = pgkeep.run(source.arguments("restore", "-D", target.toString(), "--jobs", "256"))
                .orThrow();
        var compared = pgkeep.run(source.arguments("restore", "-D", target.toString(), "--jobs", "256", "--delta"))
                .orThrow();
        var verified = pgkeep.run(source.arguments("verify", "--deep", "--jobs", "256"))
                .orThrow();

        for (ProgramRun run : List.of(whole, compared, verified)) {
            assertThat(run.err()).contains("256 jobs would need more memory than Java may take here");
        }
        ThrowawayServer server = source.startRestored(target);
        assertThat(Oracle.contents(server)).isEqualTo(contents);
        server.stop(ThrowawayServer.Shutdown.FAST);
    }

    @Test
    void anOldClusterIsReplacedByForceOnly() {
        comesBack();
        refused(ErrorCode.PATH_NOT_EMPTY, target.toString());
        comesBack("--force");
    }

    @Test
    void aBackupThatIsNotThereIsNamed() {
        refused(ErrorCode.BACKUP_UNKNOWN, "20200101-000000F", "--backup", "20200101-000000F");
        assertThat(target).doesNotExist();
    }

    @Test
    void targetsThatNothingLeadsToAreRefusedWithTheReason() {
        String label = source.labels().getFirst();
        refused(ErrorCode.TARGET_UNREACHABLE, label + ": it ended at", "--target-time", "2020-01-01 00:00:00+00");
        refused(ErrorCode.TARGET_UNREACHABLE, label + ": it ends at", "--target-lsn", "0/1000000");
        refused(ErrorCode.TARGET_UNREACHABLE, "is not in the archive", "--target-lsn", "7/0");
        refused(ErrorCode.TARGET_UNREACHABLE, "the timeline asked for is not in the archive", "--target-timeline", "7");
        assertThat(target).doesNotExist();
    }

    /** Rightly: a server that is told to recover to that time replays everything, and fails. */
    @Test
    void aTargetTimeAfterTheLastTransactionIsRefused() throws IOException {
        String tomorrow = Instant.now()
                .plus(1, ChronoUnit.DAYS)
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
        refused(
                ErrorCode.TARGET_UNREACHABLE,
                "has no transaction that ended after the target time",
                "--target-time",
                tomorrow);
        assertThat(target).doesNotExist();

        source.succeeds("restore", "-D", target.toString());
        Files.writeString(
                target.resolve("postgresql.auto.conf"),
                // A parameter takes no abbreviation of a time zone.
                "recovery_target_time = '" + tomorrow.replace("Z", "+00") + "'\n",
                StandardOpenOption.APPEND);
        ThrowawayServer server = source.cluster().serverOn(target);
        // Consistent, it takes connections; then it finds the end of the archive.
        try {
            server.start();
        } catch (PgkeepException e) {
            assertThat(e).hasMessageContaining("does not start");
        }
        Wait.until("the server gives up", () -> !server.isRunning());
        assertThat(server.logTail()).contains("recovery ended before configured recovery target was reached");
    }

    @Test
    void aMissingPackIsNamed() throws IOException {
        Path pack = backup.resolve("packs/1.pack");
        Path aside = Files.move(pack, backup.resolveSibling("aside"));
        refused(ErrorCode.DAMAGED, pack.toString());
        assertCannotBeStarted();
        Files.move(aside, pack);
        comesBack();
    }

    @Test
    void aFlippedBitIsFoundAndNamedWithPackAndFrame() throws IOException {
        Path pack = backup.resolve("packs/1.pack");
        long middle = Files.size(pack) / 2;
        flip(pack, middle);
        ProgramRun run = refused(ErrorCode.DAMAGED, pack.toString());
        assertThat(run.err()).containsPattern("frame");
        assertCannotBeStarted();
        flip(pack, middle);
        comesBack();
    }

    @Test
    void aTruncatedManifestIsRefusedBeforeAnythingIsTouched() throws IOException {
        Path manifest = backup.resolve("manifest.pb.zst");
        byte[] whole = Files.readAllBytes(manifest);
        try (FileChannel channel = FileChannel.open(manifest, StandardOpenOption.WRITE)) {
            channel.truncate(whole.length / 2);
        }
        refused(ErrorCode.DAMAGED, manifest.toString());
        assertThat(target).doesNotExist();
        Files.write(manifest, whole);
        comesBack();
    }

    @Test
    void aPackThatMayNotBeReadIsNamedWithWhatToDo() throws IOException {
        Path pack = backup.resolve("packs/1.pack");
        var before = Files.getPosixFilePermissions(pack);
        Files.setPosixFilePermissions(pack, PosixFilePermissions.fromString("---------"));
        ProgramRun run = refused(ErrorCode.PERMISSION, pack.toString());
        assertThat(run.err()).contains("permission denied").contains("HINT: Run pgkeep as the user that owns it");
        assertCannotBeStarted();
        Files.setPosixFilePermissions(pack, before);
        comesBack();
    }

    @ParameterizedTest
    @CsvSource({"KILL, 137", "INT, 63", "TERM, 63"})
    void aRestoreThatIsCutOffCannotBeStartedAndIsRunAgain(String signal, int status) {
        Pgkeep.Running running = source.startInterpreted("restore", "-D", target.toString(), "--jobs", "1");
        // The first thing that is there is a mark without a word; nothing else is until it says what it is.
        Wait.until("it writes", () -> target.resolve("pgkeep.restore").toFile().length() > 0);
        assertThat(running.signal(signal)).as(running.text()).isEqualTo(status);
        assertThat(target.resolve("pgkeep.restore")).content().contains("run the same command again");
        assertCannotBeStarted();
        comesBack();
        assertThat(target.resolve("pgkeep.restore")).doesNotExist();
    }

    /** As an administrator would try, after a look at what is there. */
    private void assertCannotBeStarted() {
        assertThat(target.resolve("global/pg_control")).doesNotExist();
        ThrowawayServer server = source.cluster().serverOn(target);
        assertThatThrownBy(server::start).hasMessageContaining("does not start");
    }

    @ParameterizedTest
    @CsvSource({"9.6", "11", "18"})
    void aCopyThatIsToldSoLeavesTheArchiveAlone(String major) throws IOException {
        try (BackedUpCluster original =
                BackedUpCluster.setUp(TestCluster.create(major)).warm()) {
            original.succeeds("backup");
            original.archiveEverything();
            Path copy = original.restore("copy", "--archive-mode", "off");
            ThrowawayServer server = original.cluster().serverOn(copy).start();
            var sql = Sql.on(server);
            Wait.until(
                    "end of recovery",
                    () -> sql.value("SELECT pg_is_in_recovery()").equals("f"));
            assertThat(sql.value("SHOW archive_mode")).isEqualTo("off");
            server.stop(ThrowawayServer.Shutdown.FAST);
            // Its first act on its own timeline would be to archive the history.
            assertThat(LiveTree.files(original.repository().resolve("clusters/main/wal")))
                    .noneMatch(file -> file.getFileName().toString().startsWith("00000002"));
        }
    }

    private static void flip(Path file, long offset) throws IOException {
        try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
            content.seek(offset);
            int b = content.read();
            content.seek(offset);
            content.write(b ^ 1);
        }
    }
}
