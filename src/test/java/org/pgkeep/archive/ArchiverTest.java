package org.pgkeep.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.codec.Compression;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.KeySource;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.storage.ObjectWriter;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.memory.MemoryStorage;

/** The archiver's side of the spool, with a directory for a server and one for the launchers. */
class ArchiverTest {
    private static final String CALL = "build /data archive-push pg_wal";
    private static final String MISSING = "there is no repository at /mnt/backup";

    @TempDir
    private Path directory;

    private Path data;
    private Path wal;
    private Path spool;
    private final MemoryStorage storage = new MemoryStorage();
    private final ClusterStore cluster =
            TinyRepository.cluster(storage, new TinyRepository.StandingClock("2026-11-21T20:30:00Z"));
    private final List<Copies.Place<Repository>> others = new ArrayList<>();
    private final AtomicBoolean dead = new AtomicBoolean();
    private Storage reached = storage;
    private final List<CompletableFuture<Boolean>> archivers = new ArrayList<>();
    private InstantSource clock = InstantSource.system();
    private OptionalLong queueMax = OptionalLong.empty();
    private boolean slowWithCiphers;
    private Duration idle = Duration.ofSeconds(60);

    @BeforeEach
    void makeDirectories() throws IOException {
        data = Files.createDirectory(directory.resolve("data"));
        wal = Files.createDirectories(data.resolve("pg_wal"));
        Files.createDirectory(wal.resolve("archive_status"));
        spool = Files.createDirectory(directory.resolve("spool"));
        Files.writeString(data.resolve("postmaster.pid"), "4711\n/data\n1764000000\n5432\n");
    }

    @AfterEach
    void retire() throws Exception {
        Files.writeString(spool.resolve("retire"), "");
        for (CompletableFuture<Boolean> archiver : archivers) {
            boolean _ = archiver.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void whatIsReadyIsPushedAheadAndAcknowledgedWithTheTimeOfTheFile() throws Exception {
        ready(3, 4);
        start();
        await(() -> acknowledged(3) && acknowledged(4));
        assertThat(cluster.wal().find(name(3))).isPresent();
        assertThat(cluster.wal().find(name(4))).isPresent();
        assertThat(Files.getLastModifiedTime(spool.resolve(name(3) + ".ok")))
                .isEqualTo(Files.getLastModifiedTime(wal.resolve(name(3))));
        List<String> archiver = Files.readAllLines(spool.resolve("archiver"));
        assertThat(archiver)
                .containsExactly(WorkerLife.ofThisProcess(SpoolWorker.ARCHIVER).line(), CALL);
        assertThat(Files.readAllLines(spool.resolve(name(3) + ".ok"))).containsExactly(archiver.getFirst());

        ready(5);
        await(() -> acknowledged(5));
    }

    @Test
    void whileOnePushOfAJobWaitsForTheDiskAnotherGoesOn() throws Exception {
        CyclicBarrier four = new CyclicBarrier(4);
        reached = interposed(Storage.class, storage, (method, result) -> {
            if (!method.getName().equals("write")) {
                return result;
            }
            return interposed(ObjectWriter.class, (ObjectWriter) result, (last, done) -> {
                if (last.getName().equals("commit")) {
                    int _ = four.await(20, TimeUnit.SECONDS);
                }
                return done;
            });
        });
        ready(3, 4, 5, 6);
        start();
        await(() -> acknowledged(3) && acknowledged(4) && acknowledged(5) && acknowledged(6));
    }

    /** The storage, whose writes are counted down and then wait. */
    private Storage answeringAfter(CountDownLatch answers, CountDownLatch asked) {
        return interposed(Storage.class, storage, (method, result) -> {
            if (method.getName().equals("write")) {
                asked.countDown();
                assertThat(answers.await(20, TimeUnit.SECONDS)).isTrue();
            }
            return result;
        });
    }

    /** What happens after a call, and what it returns then. */
    private interface Afterwards {
        Object of(Method method, Object result) throws Exception;
    }

    private static <T> T interposed(Class<T> type, T inner, Afterwards afterwards) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (_, method, arguments) -> afterwards.of(method, method.invoke(inner, arguments))));
    }

    @Test
    void anAcknowledgementGoesWhenTheServerHasSeenIt() throws Exception {
        ready(3);
        start();
        await(() -> acknowledged(3));
        Files.move(status(3), wal.resolve("archive_status").resolve(name(3) + ".done"));
        await(() -> !acknowledged(3));
    }

    @Test
    void aFileThatSomebodyWaitsForIsPushedWhereverItIs() throws Exception {
        start();
        await(() -> Files.exists(spool.resolve("archiver")));
        Path elsewhere = Files.write(directory.resolve(name(7)), TinyRepository.segment(name(7), 1));
        want(name(7), elsewhere.toString());
        await(() -> acknowledged(7));
        assertThat(spool.resolve(name(7) + ".wanted")).doesNotExist();
        assertThat(cluster.wal().find(name(7))).isPresent();
    }

    @Test
    void errorsAreAnswersToWhoWaitsAndDoNotStick() throws Exception {
        dead.set(true);
        ready(3, 4);
        start();
        want(name(3), "pg_wal/" + name(3));
        await(() -> Files.exists(spool.resolve(name(3) + ".error")));
        await(() -> !Files.exists(spool.resolve(name(3) + ".wanted")));
        List<String> error = Files.readAllLines(spool.resolve(name(3) + ".error"));
        assertThat(error.get(0)).isEqualTo("77");
        assertThat(error.get(1)).isEqualTo(Integer.toString(ErrorCode.REPOSITORY_MISSING.exitStatus()));
        assertThat(error.get(2))
                .startsWith("pgkeep: error: " + MISSING + " (" + name(3) + " has failed since 2")
                .endsWith("Z, files that wait: 2)");
        assertThat(error.get(3)).isEqualTo("HINT: mount it");
        assertThat(spool.resolve(name(4) + ".error")).doesNotExist();

        dead.set(false);
        Files.delete(spool.resolve(name(3) + ".error"));
        want(name(3), "pg_wal/" + name(3));
        await(() -> acknowledged(3) && acknowledged(4));
        assertThat(spool.resolve(name(3) + ".error")).doesNotExist();
    }

    @Test
    void aSegmentOfAnotherClusterOrWithOtherContentIsNeverAcknowledged() throws Exception {
        Files.write(wal.resolve(name(3)), TinyRepository.segment(name(3), 1, 0x1234));
        Files.writeString(status(3), "");
        start();
        want(name(3), "pg_wal/" + name(3));
        await(() -> Files.exists(spool.resolve(name(3) + ".error")));
        assertThat(Files.readString(spool.resolve(name(3) + ".error"))).contains("system identifier 4660");
        assertThat(acknowledged(3)).isFalse();

        ready(4);
        want(name(4), "pg_wal/" + name(4));
        await(() -> acknowledged(4));
        Files.write(wal.resolve(name(4)), TinyRepository.segment(name(4), 99));
        want(name(4), "pg_wal/" + name(4));
        await(() -> Files.exists(spool.resolve(name(4) + ".error")));
        assertThat(Files.readString(spool.resolve(name(4) + ".error")))
                .contains("already archived with another content");
    }

    @Test
    void whatIsStoredWithTheSameContentIsAcknowledged() throws Exception {
        ready(3);
        var _ = cluster.wal().push(name(3), wal.resolve(name(3)), Compression.DEFAULT);
        start();
        await(() -> acknowledged(3));
    }

    /** What an archiver that was killed may leave at any step. */
    @ParameterizedTest
    @ValueSource(
            strings = {".ok", ".ok.tmp", ".error", ".wanted", "archiver", "archiver.tmp", "retire", "archiver.lock"})
    void whateverADeadArchiverLeftTheNextOneAcknowledgesOnlyWhatItStored(String left) throws Exception {
        Files.write(wal.resolve(name(3)), TinyRepository.segment(name(3), 1));
        String file = left.startsWith(".") ? name(3) + left : left;
        String content =
                left.equals(".wanted") ? "12\npg_wal/" + name(3) + "\n" : "pgkeep-archiver 1 1 1 boot\nother call\n";
        Files.writeString(spool.resolve(file), content);
        Files.setLastModifiedTime(spool.resolve(file), Files.getLastModifiedTime(wal.resolve(name(3))));
        dead.set(true);
        start();
        await(this::isAnnounced);
        assertThat(acknowledged(3)).isFalse();
        if (left.equals(".wanted")) {
            await(() -> Files.exists(spool.resolve(name(3) + ".error")));
        }
        dead.set(false);
        want(name(3), "pg_wal/" + name(3));
        await(() -> acknowledged(3));
        assertThat(cluster.wal().find(name(3))).isPresent();
    }

    @Test
    void aSecondArchiverEndsAtOnce() throws Exception {
        start();
        await(() -> Files.exists(spool.resolve("archiver")));
        start();
        assertThat(archivers.getLast().get(20, TimeUnit.SECONDS)).isFalse();
        ready(3);
        await(() -> acknowledged(3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"retire", "stopped", "restarted", "configured", "idle"})
    void itEndsAndTakesBackWhatItSaidWhen(String reason) throws Exception {
        idle = reason.equals("idle") ? Duration.ofMillis(300) : idle;
        Path configuration = Files.writeString(directory.resolve("pgkeep.toml"), "");
        ready(3);
        start();
        CompletableFuture<Boolean> archiver = archivers.getLast();
        if (!reason.equals("idle")) {
            await(() -> acknowledged(3));
        }
        switch (reason) {
            case "retire" -> Files.writeString(spool.resolve("retire"), "");
            case "stopped" -> Files.delete(data.resolve("postmaster.pid"));
            case "restarted" -> Files.writeString(data.resolve("postmaster.pid"), "4711\n/data\n1764000001\n5432\n");
            case "configured" -> Files.setLastModifiedTime(configuration, FileTime.fromMillis(1_000));
            default -> assertThat(reason).isEqualTo("idle");
        }
        assertThat(archiver.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(acknowledged(3)).isFalse();
        assertThat(spool.resolve("archiver")).doesNotExist();
        assertThat(cluster.wal().find(name(3))).isPresent();
    }

    /** The server's later lines, such as its status, change while it runs. */
    @Test
    void theSameServerIsNotTakenForAnother() throws Exception {
        start();
        CompletableFuture<Boolean> archiver = archivers.getLast();
        await(() -> Files.exists(spool.resolve("archiver")));
        Files.writeString(data.resolve("postmaster.pid"), "4711\n/data\n1764000000\n5432\n/tmp\n\n 1 2\nready\n");
        ready(3);
        await(() -> acknowledged(3));
        assertThat(archiver).isNotDone();
    }

    @Test
    void moreThanMayWaitIsGivenUpLoudlyAndTheGapRecordedWhenTheRepositoryIsBack() throws Exception {
        dead.set(true);
        queueMax = OptionalLong.of(2 * TinyRepository.SEGMENT_BYTES);
        ready(3, 4);
        start();
        want(name(3), "pg_wal/" + name(3));
        await(() -> Files.exists(spool.resolve(name(3) + ".error")));
        want(name(4), "pg_wal/" + name(4));
        await(() -> Files.exists(spool.resolve(name(4) + ".error")));
        assertThat(acknowledged(3) || acknowledged(4)).isFalse();

        Files.writeString(wal.resolve("00000002.history"), "1\t0/300028\tno recovery target specified\n");
        Files.createFile(wal.resolve("archive_status/00000002.history.ready"));
        ready(5);
        await(() -> acknowledged(3) && acknowledged(4) && acknowledged(5));
        assertThat(spool.resolve("00000002.history.ok"))
                .as("recovery would end on the timeline before")
                .doesNotExist();
        assertThat(Files.readString(spool.resolve(name(4) + ".ok")))
                .contains("\n" + name(4) + " IS NOT ARCHIVED: given up at 2")
                .contains("more than archive-queue-max (2097152 bytes) waited");
        assertThat(spool.resolve(name(4) + ".dropped")).exists();

        dead.set(false);
        ready(6);
        want(name(6), "pg_wal/" + name(6));
        await(() -> acknowledged(6));
        await(() -> !Files.exists(spool.resolve(name(5) + ".dropped")));
        assertThat(cluster.wal().find(name(4))).isEmpty();
        assertThat(dropped(storage)).hasSize(3);
        await(() -> Files.exists(spool.resolve("00000002.history.ok")));
        assertThat(cluster.wal().history(2)).isPresent();
    }

    /** One that is slow with ciphers pushes what it has begun, and makes room for one that is not. */
    @Test
    void aSealedRepositoryGetsAnotherWorker() throws Exception {
        MemoryStorage second = new MemoryStorage();
        TinyRepository.StandingClock standing = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
        ClusterStore sealed = TinyRepository.sealedCluster(second, standing);
        others.add(new Copies.Place<>(
                "second", () -> Repository.open(second, standing, KeySource.of(TinyRepository.SECRET))));
        slowWithCiphers = true;
        ready(3);
        start();
        assertThat(archivers.getFirst().get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(sealed.wal().find(name(3))).isPresent();
        assertThat(spool.resolve("sealed")).exists();
        assertThat(spool.resolve("archiver")).doesNotExist();

        slowWithCiphers = false;
        start();
        await(() -> acknowledged(3));
        ready(4);
        await(() -> acknowledged(4));
        assertThat(archivers.getLast()).isNotDone();
    }

    /** Nothing is decided by the clock: what is late, early or goes backwards is only said. */
    @Test
    void aClockThatJumpsDelaysNothingAndLosesNothing() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        clock = () -> Instant.now().plus(Duration.ofHours(looks.incrementAndGet() % 2 == 0 ? 48 : -48));
        dead.set(true);
        ready(3, 4);
        start();
        want(name(3), "pg_wal/" + name(3));
        await(() -> Files.exists(spool.resolve(name(3) + ".error")));
        dead.set(false);
        want(name(3), "pg_wal/" + name(3));
        await(() -> acknowledged(3) && acknowledged(4));
        ready(5, 6);
        await(() -> acknowledged(5) && acknowledged(6));
        for (int number = 3; number <= 6; number++) {
            assertThat(cluster.wal().find(name(number))).isPresent();
        }
        assertThat(archivers.getLast()).isNotDone();
        assertThat(looks).as("looks at the clock").hasPositiveValue();
    }

    /** A network file system that does not answer keeps no server's disk full; whether the file gets there is not known. */
    @Test
    void aPushThatDoesNotEndIsGivenUpAsWell() throws Exception {
        CountDownLatch asked = new CountDownLatch(2);
        CountDownLatch answers = new CountDownLatch(1);
        reached = answeringAfter(answers, asked);
        queueMax = OptionalLong.of(2 * TinyRepository.SEGMENT_BYTES);
        ready(3, 4);
        start();
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
        ready(5);
        await(() -> acknowledged(3) && acknowledged(4) && acknowledged(5));
        assertThat(cluster.wal().find(name(3))).isEmpty();
        assertThat(spool.resolve(name(3) + ".dropped")).exists();
        assertThat(Files.readString(spool.resolve(name(3) + ".ok")))
                .contains(" MAY NOT BE ARCHIVED, its push has not ended: given up at 2");
        answers.countDown();
        await(() -> cluster.wal().find(name(3)).isPresent());
        await(() -> !Files.exists(spool.resolve(name(3) + ".dropped")));
    }

    /** Also by one that makes room for another, which cannot begin before that push has ended. */
    @Test
    void whoEndsAfterAPushThatDoesNotGivesUpWhatWaitsAsWell() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answers = new CountDownLatch(1);
        reached = answeringAfter(answers, asked);
        queueMax = OptionalLong.of(2 * TinyRepository.SEGMENT_BYTES);
        ready(3);
        start();
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
        Files.writeString(spool.resolve("retire"), "");
        // Longer than until it looks whether it should end.
        Thread.sleep(2 * Tenure.TICK.toMillis());
        ready(4, 5);
        await(() -> acknowledged(3) && acknowledged(4) && acknowledged(5));
        assertThat(archivers.getLast()).isNotDone();
        answers.countDown();
        assertThat(archivers.getLast().get(20, TimeUnit.SECONDS)).isTrue();
    }

    /** The living one gets all WAL; nothing is acknowledged before both have it. */
    @Test
    void whatOneOfTwoRepositoriesLacksIsNotAcknowledgedAndTheOtherGetsWhatComesAfter() throws Exception {
        MemoryStorage second = new MemoryStorage();
        ClusterStore other = TinyRepository.cluster(second, new TinyRepository.StandingClock("2026-11-21T20:30:00Z"));
        AtomicBoolean reachable = new AtomicBoolean();
        others.add(new Copies.Place<>("second", () -> {
            if (!reachable.get()) {
                throw new PgkeepException(ErrorCode.REPOSITORY_MISSING, MISSING, "mount it");
            }
            return Repository.open(second, InstantSource.system());
        }));
        queueMax = OptionalLong.of(3 * TinyRepository.SEGMENT_BYTES);
        ready(3, 4, 5);
        start();
        want(name(3), "pg_wal/" + name(3));
        await(() -> Files.exists(spool.resolve(name(3) + ".error")));
        assertThat(Files.readString(spool.resolve(name(3) + ".error")))
                .contains("repository 'second': " + MISSING + "; 'main' took it (" + name(3) + " has failed since");
        await(() -> cluster.wal().find(name(5)).isPresent());
        want(name(4), "pg_wal/" + name(4));
        await(() -> Files.exists(spool.resolve(name(4) + ".error")));
        assertThat(acknowledged(3) || acknowledged(4) || acknowledged(5)).isFalse();

        // More than may wait: it is given up, and missing only where it is missing.
        ready(6);
        await(() -> acknowledged(3) && acknowledged(6));
        assertThat(Files.readString(spool.resolve(name(4) + ".ok"))).contains(" IS NOT ARCHIVED EVERYWHERE: given up");

        reachable.set(true);
        ready(7, 8);
        want(name(7), "pg_wal/" + name(7));
        await(() -> acknowledged(7) && acknowledged(8));
        assertThat(other.wal().find(name(7))).isPresent();
        assertThat(other.wal().find(name(8))).isPresent();
        assertThat(other.wal().find(name(4))).isEmpty();
        await(() -> !Files.exists(spool.resolve(name(4) + ".dropped")));
        assertThat(dropped(second)).anyMatch(object -> object.contains(name(4)));
        assertThat(dropped(storage)).noneMatch(object -> object.contains(name(4)));
    }

    private static List<String> dropped(MemoryStorage storage) {
        return TinyRepository.names(storage).stream()
                .map(Object::toString)
                .filter(object -> object.endsWith(".dropped"))
                .toList();
    }

    private void start() {
        Archiver.Request request = new Archiver.Request(
                TinyRepository.MAIN,
                spool,
                CALL,
                wal,
                2,
                Compression.DEFAULT,
                false,
                queueMax,
                List.of(directory.resolve("pgkeep.toml")),
                idle,
                slowWithCiphers);
        List<Copies.Place<Repository>> repositories = new ArrayList<>(others);
        repositories.addFirst(new Copies.Place<>("main", this::open));
        Archiver archiver = new Archiver(repositories, clock, Progress.SILENT);
        CompletableFuture<Boolean> run = CompletableFuture.supplyAsync(
                () -> archiver.run(request),
                task -> Thread.ofPlatform().daemon().start(task));
        archivers.add(run);
    }

    private Repository open() {
        if (dead.get()) {
            throw new PgkeepException(ErrorCode.REPOSITORY_MISSING, MISSING, "mount it");
        }
        return Repository.open(reached, clock);
    }

    private static String name(int number) {
        return "0000000100000000%08X".formatted(number);
    }

    private Path status(int number) {
        return wal.resolve("archive_status").resolve(name(number) + ".ready");
    }

    private void ready(int... numbers) throws IOException {
        for (int number : numbers) {
            Files.write(wal.resolve(name(number)), TinyRepository.segment(name(number), number));
            Files.writeString(status(number), "");
        }
    }

    /** As a launcher, which would ask again if the archiver took this request for the one that it has just answered. */
    private void want(String file, String path) throws Exception {
        await(() -> !Files.exists(spool.resolve(file + ".wanted")));
        Path fresh = Files.writeString(spool.resolve(file + ".new"), "77\n" + path + "\n", StandardCharsets.UTF_8);
        Files.move(fresh, spool.resolve(file + ".wanted"), StandardCopyOption.ATOMIC_MOVE);
    }

    private boolean isAnnounced() {
        try {
            return Files.readAllLines(spool.resolve("archiver")).contains(CALL);
        } catch (IOException e) {
            return false;
        }
    }

    private boolean acknowledged(int number) {
        return Files.exists(spool.resolve(name(number) + ".ok"));
    }

    private void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() < end)
                    .as("in time; the spool holds %s", listing())
                    .isTrue();
            Thread.sleep(5);
        }
    }

    private Optional<List<String>> listing() {
        try (Stream<Path> files = Files.list(spool)) {
            return Optional.of(
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
