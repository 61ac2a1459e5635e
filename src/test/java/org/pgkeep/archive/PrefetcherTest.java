package org.pgkeep.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.codec.Compression;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.repository.WalArchive;
import org.pgkeep.repository.WalPiece;
import org.pgkeep.storage.memory.MemoryStorage;

/** The prefetcher's side of the spool, with a directory for a server that recovers and one for the launchers. */
class PrefetcherTest {
    private static final String CALL = "build /data archive-get pg_wal 4711 1764000000";
    private static final int QUEUE = 3;

    @TempDir
    private Path directory;

    private Path data;
    private Path wal;
    private Path spool;
    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final MemoryStorage storage = new MemoryStorage();
    private final WalArchive archive = TinyRepository.cluster(storage, clock).wal();
    private final AtomicBoolean dead = new AtomicBoolean();
    private final List<CompletableFuture<Boolean>> prefetchers = new ArrayList<>();
    private boolean slowWithCiphers;
    private Duration idle = Duration.ofSeconds(60);

    @BeforeEach
    void makeDirectories() throws IOException {
        data = Files.createDirectory(directory.resolve("data"));
        wal = Files.createDirectories(data.resolve("pg_wal"));
        spool = Files.createDirectory(directory.resolve("spool"));
        Files.writeString(data.resolve("postmaster.pid"), "4711\n/data\n1764000000\n5432\n");
    }

    @AfterEach
    void retire() throws Exception {
        Files.writeString(spool.resolve("retire"), "");
        for (CompletableFuture<Boolean> prefetcher : prefetchers) {
            boolean _ = prefetcher
                    .handle((worked, _) -> Boolean.TRUE.equals(worked))
                    .get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void whatIsWantedIsGivenUnderItsRequestAndWhatFollowsIsGotAhead() throws Exception {
        store(3, 4, 5, 6, 7, 8);
        start();
        want(name(3), "77");
        await(() -> isReady(name(3) + ".77"));
        await(() -> isReady(name(4)) && isReady(name(5)) && isReady(name(6)));
        assertThat(Files.readAllBytes(queue().resolve(name(5)))).isEqualTo(TinyRepository.segment(name(5), 5));
        assertThat(spool.resolve(name(3) + ".wanted")).doesNotExist();
        assertThat(Files.readAllLines(spool.resolve("prefetcher")))
                .containsExactly(
                        WorkerLife.ofThisProcess(SpoolWorker.PREFETCHER).line(), CALL, "rename");
        assertThat(isReady(name(7))).isFalse();

        take(name(3) + ".77");
        take(name(4));
        await(() -> isReady(name(7)));
        assertThat(isReady(name(8))).isFalse();
        assertThat(wal).isEmptyDirectory();
    }

    @Test
    void missingIsSaidOfNothingThatArrivedBeforeTheRequest() throws Exception {
        store(3);
        start();
        want(name(3), "77");
        await(() -> isReady(name(3) + ".77"));
        for (int number = 4; number < 20; number++) {
            want(name(number), "m" + number);
            String answer = name(number) + ".answer";
            await(() -> Files.exists(spool.resolve(answer)));
            assertThat(Files.readAllLines(spool.resolve(answer))).containsExactly("m" + number, "missing");
            Files.delete(spool.resolve(answer));

            store(number);
            String given = name(number) + ".g" + number;
            want(name(number), "g" + number);
            await(() -> isReady(given) || Files.exists(spool.resolve(answer)));
            assertThat(isReady(given)).isTrue();
            take(given);
        }
    }

    @Test
    void aPartialSegmentIsMentionedAndHistoriesAreGiven() throws Exception {
        Path source = directory.resolve(name(4) + ".partial");
        Files.write(source, TinyRepository.segment(name(4), 4));
        var _ = archive.push(name(4) + ".partial", source, Compression.DEFAULT);
        Path history = Files.writeString(directory.resolve("00000002.history"), "1\t0/400100\tno reason\n");
        var _ = archive.push("00000002.history", history, Compression.DEFAULT);
        store(3);
        storeOn(2, 4, 5, 6);
        start();
        want("00000002.history", "1");
        await(() -> isReady("00000002.history.1"));
        want(name(4), "2");
        await(() -> Files.exists(spool.resolve(name(4) + ".answer")));
        assertThat(Files.readAllLines(spool.resolve(name(4) + ".answer")))
                .hasSize(3)
                .startsWith("2", "missing")
                .anyMatch(line -> line.contains("only " + name(4) + ".partial"));

        want(name(3), "3");
        await(() -> isReady(nameOn(2, 4)) && isReady(nameOn(2, 5)) && isReady(nameOn(2, 6)));
    }

    /** What is streamed of a segment changes with every piece: it is given to who asked, and to nobody else. */
    @Test
    void aSegmentThatIsStreamedIsNeverReadyAheadAndLeavesWhatIsAheadAlone() throws Exception {
        store(3);
        byte[] content = TinyRepository.segment(name(4), 4);
        stream(4, content, 0, 5000);
        start();
        want(name(3), "77");
        await(() -> isReady(name(3) + ".77"));
        want(name(4), "78");
        await(() -> isReady(name(4) + ".78"));
        byte[] part = Arrays.copyOf(Arrays.copyOf(content, 5000), content.length);
        assertThat(Files.readAllBytes(queue().resolve(name(4) + ".78"))).isEqualTo(part);
        assertThat(isReady(name(4))).isFalse();

        store(4, 5, 6);
        want(name(4), "79");
        await(() -> isReady(name(4) + ".79"));
        assertThat(Files.readAllBytes(queue().resolve(name(4) + ".79"))).isEqualTo(content);
        await(() -> isReady(name(5)) && isReady(name(6)));
    }

    private void stream(int number, byte[] content, int from, int to) throws IOException {
        Path source = Files.write(directory.resolve("stream"), content);
        archive.pieces()
                .push(
                        new WalPiece(SegmentName.parse(name(number)).orElseThrow(), from, to),
                        source,
                        Compression.DEFAULT);
    }

    @Test
    void damageIsNoAnswerAndNothingOfItIsReady() throws Exception {
        store(3);
        store(4);
        TinyRepository.flip(
                storage,
                TinyRepository.names(storage).stream()
                        .filter(object -> object.toString().contains("/" + name(4) + "-"))
                        .findFirst()
                        .orElseThrow(),
                700);
        start();
        want(name(3), "77");
        await(() -> isReady(name(3) + ".77"));
        want(name(4), "78");
        await(() -> Files.exists(spool.resolve(name(4) + ".answer")));
        assertThat(Files.readAllLines(spool.resolve(name(4) + ".answer"))).containsExactly("78", "failed");
        assertThat(names(queue())).noneMatch(name -> name.startsWith(name(4)));
    }

    @Test
    void aRepositoryOutOfReachIsAFailureUntilItIsBack() throws Exception {
        store(3);
        dead.set(true);
        start();
        want(name(3), "77");
        await(() -> Files.exists(spool.resolve(name(3) + ".answer")));
        assertThat(Files.readAllLines(spool.resolve(name(3) + ".answer"))).containsExactly("77", "failed");
        dead.set(false);
        want(name(3), "78");
        await(() -> isReady(name(3) + ".78"));
    }

    @Test
    void whatIsNotAmongTheNextAnyMoreIsRemoved() throws Exception {
        store(3, 4, 5, 6, 20, 21);
        start();
        want(name(3), "77");
        await(() -> isReady(name(4)) && isReady(name(5)) && isReady(name(6)));
        want(name(20), "78");
        await(() -> isReady(name(21)));
        await(() -> !isReady(name(4)) && !isReady(name(5)) && !isReady(name(6)));
    }

    @Test
    void whatADeadPrefetcherLeftIsRemoved() throws Exception {
        Path left = Files.createDirectory(spool.resolve("queue-1-1"));
        Files.writeString(left.resolve(name(3)), "torn");
        Files.writeString(spool.resolve(name(3) + ".answer"), "77\nmissing\n");
        Files.writeString(spool.resolve(name(3) + ".wanted"), "78\npg_wal/RECOVERYXLOG\n");
        Files.writeString(spool.resolve("prefetcher"), "pgkeep-prefetcher 1 1 1 boot\nother\nrename\n");
        Files.writeString(spool.resolve("retire"), "");
        store(3);
        start();
        await(() -> isReady(name(3) + ".78"));
        assertThat(left).doesNotExist();
        assertThat(spool.resolve(name(3) + ".answer")).doesNotExist();
    }

    @Test
    void aSecondOneEndsAtOnce() throws Exception {
        start();
        await(() -> Files.exists(spool.resolve("prefetcher")));
        start();
        assertThat(prefetchers.getLast().get(20, TimeUnit.SECONDS)).isFalse();
    }

    @Test
    void aQueueThatSomebodyRemovedEndsIt() throws Exception {
        store(3, 4);
        start();
        want(name(3), "77");
        await(() -> isReady(name(4)));
        take(name(4));
        take(name(3) + ".77");
        Files.delete(queue());
        assertThat(prefetchers.getFirst()).failsWithin(Duration.ofSeconds(20));
    }

    @ParameterizedTest
    @ValueSource(strings = {"retire", "stopped", "restarted", "configured", "idle"})
    void itEndsAndLeavesNothingWhen(String reason) throws Exception {
        idle = reason.equals("idle") ? Duration.ofMillis(300) : idle;
        Path configuration = Files.writeString(directory.resolve("pgkeep.toml"), "");
        store(3, 4);
        start();
        if (!reason.equals("idle")) {
            want(name(3), "77");
            await(() -> isReady(name(4)));
        }
        switch (reason) {
            case "retire" -> Files.writeString(spool.resolve("retire"), "");
            case "stopped" -> Files.delete(data.resolve("postmaster.pid"));
            case "restarted" -> Files.writeString(data.resolve("postmaster.pid"), "4711\n/data\n1764000001\n5432\n");
            case "configured" -> Files.writeString(configuration, "# changed");
            default -> assertThat(reason).isEqualTo("idle");
        }
        assertThat(prefetchers.getFirst().get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(listing()).isSubsetOf("prefetcher.lock", "retire");
    }

    private void start() {
        Prefetcher.Request request = new Prefetcher.Request(
                TinyRepository.MAIN,
                spool,
                CALL,
                wal,
                Optional.empty(),
                2,
                QUEUE * TinyRepository.SEGMENT_BYTES,
                List.of(directory.resolve("pgkeep.toml")),
                idle,
                slowWithCiphers);
        Prefetcher prefetcher = new Prefetcher(List.of(new Copies.Place<>("local", this::open)), Progress.SILENT);
        prefetchers.add(CompletableFuture.supplyAsync(
                () -> prefetcher.run(request),
                task -> Thread.ofPlatform().daemon().start(task)));
    }

    private Repository open() {
        if (dead.get()) {
            throw new PgkeepException(ErrorCode.REPOSITORY_MISSING, "there is no repository at /mnt/backup");
        }
        return Repository.open(storage, clock);
    }

    private static String name(int number) {
        return nameOn(1, number);
    }

    private static String nameOn(int timeline, int number) {
        return "%08X00000000%08X".formatted(timeline, number);
    }

    private void store(int... numbers) throws IOException {
        storeOn(1, numbers);
    }

    private void storeOn(int timeline, int... numbers) throws IOException {
        for (int number : numbers) {
            String name = nameOn(timeline, number);
            Path source = Files.write(directory.resolve(name), TinyRepository.segment(name, number));
            var _ = archive.push(name, source, Compression.DEFAULT);
        }
    }

    /** As a launcher, which would ask again if the prefetcher took this request for the one that it has just answered. */
    private void want(String file, String request) throws Exception {
        await(() -> !Files.exists(spool.resolve(file + ".wanted")));
        Path fresh = Files.writeString(spool.resolve(file + ".new"), request + "\npg_wal/RECOVERYXLOG\n");
        Files.move(fresh, spool.resolve(file + ".wanted"), StandardCopyOption.ATOMIC_MOVE);
    }

    /** As the launcher does. */
    private void take(String name) throws IOException {
        Path target = wal.resolve("RECOVERYXLOG");
        Files.move(queue().resolve(name), target, StandardCopyOption.ATOMIC_MOVE);
        Files.delete(target);
    }

    private Path queue() {
        WorkerLife life = WorkerLife.ofThisProcess(SpoolWorker.PREFETCHER);
        return spool.resolve("queue-" + life.pid() + "-" + life.start());
    }

    private boolean isReady(String name) {
        return Files.exists(queue().resolve(name));
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

    private List<String> listing() {
        List<String> all = new ArrayList<>(names(spool));
        all.addAll(names(queue()));
        return all;
    }

    private static List<String> names(Path directory) {
        String[] names = directory.toFile().list();
        return names == null ? List.of() : List.of(names);
    }
}
