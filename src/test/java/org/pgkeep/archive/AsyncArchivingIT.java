package org.pgkeep.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.Sql;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.Pgkeep;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.harness.Wait;

/** A server whose archive_command is answered from the spool, and an archiver that is killed again and again. */
class AsyncArchivingIT {
    private static final int KILLS = 6;
    private static final Duration BETWEEN_KILLS = Duration.ofMillis(900);

    private BackedUpCluster source;
    private Path spool;

    @BeforeEach
    void setUp() throws IOException {
        source = BackedUpCluster.setUp(TestCluster.create(Servers.newest()));
        spool = source.cluster().beside("spool");
        Files.writeString(
                source.configuration(),
                "archive-async = true\nspool-path = \"" + spool + "\"\narchive-timeout = \"20s\"\n",
                StandardOpenOption.APPEND);
        source.succeeds("init", "--apply");
        Wait.until("the new archive_command", () -> archiveCommand().contains("--archive-async --spool-path"));
        assertThat(archiveCommand()).contains(" --archive-timeout 20s ");
    }

    private String archiveCommand() {
        return source.cluster().query("SHOW archive_command");
    }

    /** The archiver ends by itself when its server does. */
    @AfterEach
    void tearDown() {
        try (BackedUpCluster _ = source) {
            source.cluster().server().stop(ThrowawayServer.Shutdown.FAST);
            Wait.until("the archiver's end", () -> archiver().isEmpty());
        }
    }

    @Test
    void nothingIsLostHoweverOftenTheArchiverIsKilledAndTheRepositoryIsOutOfReach() throws Exception {
        source.cluster().sql("CREATE TABLE load (id bigserial, filler text)");
        source.succeeds("backup");
        CompletableFuture<Void> load = CompletableFuture.runAsync(this::writeSegments);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int kills = 0;
        while (kills < KILLS) {
            Wait.sleep(Duration.ofMillis(random.nextLong(BETWEEN_KILLS.toMillis())));
            Optional<ProcessHandle> archiver = archiver();
            if (archiver.isPresent() && archiver.get().destroyForcibly()) {
                kills++;
            } else {
                // None lives: the next segment starts one.
                source.cluster().query("SELECT pg_switch_wal()");
            }
        }
        load.get(2, TimeUnit.MINUTES);
        repositoryOutOfReach();
        source.archiveEverything();

        assertThat(source.succeeds("info", "--wal").out())
                .as("seed %s", seed)
                .contains("status")
                .doesNotContain("MISSING")
                .doesNotContain("DEGRADED");
        String rows = source.cluster().query("SELECT count(*) || ' ' || sum(id) FROM load");
        ThrowawayServer restored = source.startRestored(source.restore("restored"));
        assertThat(Sql.on(restored).value("SELECT count(*) || ' ' || sum(id) FROM load"))
                .as("seed %s", seed)
                .isEqualTo(rows);
        assertThat(Files.readString(source.cluster().server().log())).doesNotContain("was terminated by signal");
    }

    private void writeSegments() {
        for (int i = 0; i < 25; i++) {
            source.cluster()
                    .sql(
                            "INSERT INTO load (filler) SELECT md5(random()::text) FROM generate_series(1, 2000)",
                            "SELECT pg_switch_wal()");
            Wait.sleep(Duration.ofMillis(100));
        }
    }

    private void repositoryOutOfReach() throws IOException {
        Files.setPosixFilePermissions(source.repository(), PosixFilePermissions.fromString("---------"));
        try {
            writeSome();
            Wait.until("an error in the server's log", () -> log().contains(" has failed since "));
            writeSome();
        } finally {
            Files.setPosixFilePermissions(source.repository(), PosixFilePermissions.fromString("rwx------"));
        }
        writeSome();
    }

    private void writeSome() {
        source.cluster()
                .sql(
                        "INSERT INTO load (filler) SELECT md5(random()::text) FROM generate_series(1, 100)",
                        "SELECT pg_switch_wal()");
    }

    private String log() {
        try {
            return Files.readString(source.cluster().server().log());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The archiver's process, if one lives. */
    private Optional<ProcessHandle> archiver() {
        try {
            String life = Files.readAllLines(spool.resolve("archiver")).getFirst();
            return ProcessHandle.of(Long.parseLong(life.split(" ", -1)[2])).filter(ProcessHandle::isAlive);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Test
    void duplicatesAreAcceptedAndStrangersAndConflictsRefused() throws Exception {
        source.cluster().sql("CREATE TABLE load (id bigserial, filler text)");
        source.archiveEverything();
        // It is in the repository before the server has heard of it.
        Wait.until(
                "a segment that the server knows to be archived",
                () -> archivedSegment().isPresent());
        Path segment = archivedSegment().orElseThrow();
        Path copies = source.cluster().directory("copies");
        Path copy = copies.resolve(segment.getFileName());
        byte[] content = Files.readAllBytes(segment);
        Files.write(copy, content);
        // Asked from another directory, and about another one: the server's archiver makes room for one that serves
        // this.
        ProgramRun again = push(copy);
        assertThat(again.exitStatus()).as(again.err()).isZero();

        content[content.length / 2] ^= 1;
        Files.write(copy, content);
        ProgramRun conflict = push(copy);
        assertThat(conflict.exitStatus()).isEqualTo(ErrorCode.CONFLICT.exitStatus());
        assertThat(conflict.err()).contains("already archived with another content");

        ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).putLong(24, 4660);
        Files.write(copy, content);
        ProgramRun stranger = push(copy);
        assertThat(stranger.exitStatus()).isEqualTo(ErrorCode.CLUSTER_MISMATCH.exitStatus());
        assertThat(stranger.err()).contains("4660");

        source.archiveEverything();
    }

    @Test
    void theLivingRepositoryGetsAllWalWhileTheOtherIsDead() throws Exception {
        Path second = source.cluster().directory("second");
        Files.writeString(
                source.configuration(),
                "\n[repository.second]\npath = \"" + second + "\"\n",
                StandardOpenOption.APPEND);
        source.succeeds("init", "--repo", "second");
        source.cluster().sql("CREATE TABLE load (id bigserial, filler text)");
        source.archiveEverything();
        Path away = second.resolveSibling("away");
        Files.move(second, away);
        for (int i = 0; i < 4; i++) {
            writeSome();
        }
        String last = source.cluster().query("SELECT pg_walfile_name(pg_current_wal_lsn())");
        writeSome();
        Wait.until(
                "all WAL in the living one",
                () -> source.succeeds("info", "--wal", "--repo", "local").out().contains(last));
        // The archiver may have opened it before, and then says that the directory is gone.
        assertThat(log())
                .containsPattern("repository 'second': (there is no repository|the directory .* does not exist)")
                .contains("; 'local' took it");
        assertThat(ready()).as("segments that the server keeps").isGreaterThanOrEqualTo(4);

        Files.move(away, second);
        source.archiveEverything();
        Wait.until("the other one has caught up", () -> ready() == 0);
        for (String repository : List.of("local", "second")) {
            source.succeeds("verify", "--deep", "--repo", repository);
            assertThat(source.succeeds("info", "--wal", "--repo", repository).out())
                    .contains("segments  000000010000000000000001 to ")
                    .doesNotContain("MISSING");
        }
    }

    /** The first archiver does not know it yet, and compiles for a quick start; ciphers would be slow. */
    @Test
    void aSealedRepositoryIsServedByAnArchiverThatIsFastWithCiphers() throws Exception {
        Path key = source.cluster().beside("key");
        Files.writeString(
                source.configuration(),
                "\n[repository.second]\npath = \"" + source.cluster().directory("second") + "\"\nkey-file = \"" + key
                        + "\"\n",
                StandardOpenOption.APPEND);
        source.succeeds("init", "--repo", "second", "--encrypt");
        source.cluster().sql("CREATE TABLE load (id bigserial, filler text)");
        for (int i = 0; i < 3; i++) {
            writeSome();
        }
        source.archiveEverything();
        Wait.until("all is archived", () -> ready() == 0);
        assertThat(spool.resolve("sealed")).exists();
        writeSome();
        source.archiveEverything();
        String line =
                Files.readString(Path.of("/proc/" + archiver().orElseThrow().pid() + "/cmdline"));
        assertThat(line).contains("com.sun.crypto").doesNotContain("TieredStopAtLevel");
        source.succeeds("verify", "--deep", "--repo", "second");
        assertThat(source.succeeds("info", "--wal", "--repo", "second").out()).doesNotContain("MISSING");
    }

    /** How many files wait to be archived. */
    private long ready() {
        try (Stream<Path> files = Files.list(source.cluster().data().resolve("pg_wal/archive_status"))) {
            return files.filter(file -> file.toString().endsWith(".ready")).count();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Optional<Path> archivedSegment() {
        Path wal = source.cluster().data().resolve("pg_wal");
        try (Stream<Path> files = Files.list(wal.resolve("archive_status"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.length() == 29 && name.endsWith(".done"))
                    .map(name -> wal.resolve(name.substring(0, 24)))
                    .filter(Files::exists)
                    .findFirst();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private ProgramRun push(Path file) {
        List<String> words = new ArrayList<>(List.of(
                "archive-push",
                "--config",
                source.configuration().toString(),
                "--cluster",
                "main",
                "--archive-async",
                "--spool-path",
                spool.toString(),
                file.toString()));
        return Pgkeep.of(source.cluster()).run(words);
    }
}
