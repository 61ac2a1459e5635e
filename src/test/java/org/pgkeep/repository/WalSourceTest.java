package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.codec.Algorithm;
import org.pgkeep.codec.Compression;
import org.pgkeep.codec.StreamCodec;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.ObjectWriter;
import org.pgkeep.storage.memory.MemoryStorage;

@Timeout(120)
class WalSourceTest {
    private static final String SEGMENT = "000000010000000000000003";
    private static final OutputStream NOWHERE = OutputStream.nullOutputStream();
    private static final int MANY = 8;

    @TempDir
    private Path directory;

    private final Cores cores = Cores.withMemory(2);

    /** One that is held, and one that is too long for it. */
    @ParameterizedTest
    @ValueSource(ints = {1 << 20, SegmentMemory.BYTES_MAX + 5})
    void whatIsReadForItsHashIsGivenToOthersOnTheWay(int length) throws IOException {
        byte[] content = new byte[length];
        new Random(11).nextBytes(content);
        Path file = Files.write(directory.resolve("file"), content);
        ByteArrayOutputStream beside = new ByteArrayOutputStream();
        WalSource source = new WalSource(file, cores, beside);
        assertThat(source.isHeld()).isEqualTo(length <= SegmentMemory.BYTES_MAX);
        assertThat(beside.toByteArray()).isEqualTo(content);
        assertThat(source.hash()).isEqualTo(new WalSource(file).hash());
        source.release();
    }

    /** There is room for a quarter of a segment at first. */
    @Test
    void whatDoesNotShrinkIsHeldAsWell() throws IOException {
        byte[] content = new byte[6 << 20];
        new Random(12).nextBytes(content);
        Path file = Files.write(directory.resolve("file"), content);
        MemoryStorage storage = new MemoryStorage();
        WalArchive wal = TinyRepository.cluster(storage, new TinyRepository.StandingClock("2026-11-21T20:30:00Z"))
                .wal();
        for (String name : List.of("000000010000000000000003", "000000010000000000000004")) {
            WalSource held = new WalSource(file, cores, NOWHERE);
            assertThat(held.isHeld()).isTrue();
            assertThat(wal.push(name, held, Compression.DEFAULT)).isEqualTo(WalArchive.Pushed.STORED);
            held.release();
            ByteArrayOutputStream got = new ByteArrayOutputStream();
            wal.copyTo(wal.find(name).orElseThrow(), got);
            assertThat(got.toByteArray()).isEqualTo(content);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsHeldIsStoredAsWhatIsReadAgain(Algorithm algorithm) throws IOException {
        byte[] content = TinyRepository.segment(SEGMENT, 1);
        Path file = Files.write(directory.resolve(SEGMENT), content);
        MemoryStorage storage = new MemoryStorage();
        WalArchive wal = TinyRepository.cluster(storage, new TinyRepository.StandingClock("2026-11-21T20:30:00Z"))
                .wal();
        Compression compression = Compression.of(algorithm);
        WalSource held = new WalSource(file, cores, NOWHERE);
        assertThat(held.isHeld()).isTrue();
        assertThat(wal.push(SEGMENT, held, compression)).isEqualTo(WalArchive.Pushed.STORED);
        assertThat(wal.push(SEGMENT, new WalSource(file), compression)).isEqualTo(WalArchive.Pushed.ALREADY_THERE);
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        wal.copyTo(wal.find(SEGMENT).orElseThrow(), got);
        assertThat(got.toByteArray()).isEqualTo(content);
    }

    @ParameterizedTest
    @EnumSource
    void whatWasCompressedOnTheWayIsStoredAsWhatIsReadAgain(Algorithm algorithm) throws IOException {
        Random random = new Random(7);
        Compression compression = Compression.of(algorithm);
        int[] lengths = algorithm == Algorithm.ZSTD
                ? new int[] {0, 1, (1 << 16) + 1, SegmentMemory.BYTES_MAX, SegmentMemory.BYTES_MAX + 1}
                : new int[] {0, 1, 1 << 20};
        for (int length : lengths) {
            byte[] content = new byte[length];
            // Half of it does not compress: more than one step in every form.
            random.nextBytes(content);
            Arrays.fill(content, 0, length / 2, (byte) 7);
            Path file = Files.write(directory.resolve("file"), content);
            WalSource source = new WalSource(
                    SegmentReading.begin(file, SegmentName.parse(SEGMENT).orElseThrow(), compression, false));
            assertThat(source.hash()).isEqualTo(new WalSource(file).hash());
            assertThat(expanded(source, compression)).isEqualTo(content);
            Compression other = Compression.of(algorithm == Algorithm.GZIP ? Algorithm.LZ4 : Algorithm.GZIP);
            assertThat(expanded(source, other)).isEqualTo(content);
        }
    }

    private static byte[] expanded(WalSource source, Compression compression) throws IOException {
        MemoryStorage storage = new MemoryStorage();
        ObjectName name = ObjectName.of("folder", "object");
        try (ObjectWriter target = storage.write(name)) {
            source.compressTo(target, compression);
            assertThat(target.commit()).isTrue();
        }
        try (ObjectReader reader = storage.open(name).orElseThrow();
                InputStream plain = StreamCodec.expanding(new ObjectStreams.Input(reader), compression.algorithm())) {
            return plain.readAllBytes();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, (1 << 18) - 1, (1 << 18) + 1, 16 << 20, (16 << 20) + 1})
    void everyLengthIsReadWhole(int length) throws IOException {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        Path file = Files.write(directory.resolve("file"), content);
        WalSource source = new WalSource(file, cores, NOWHERE);
        assertThat(source.isHeld()).isEqualTo(length <= SegmentMemory.BYTES_MAX);
        Xxh3.Stream128 hash = Xxh3.stream128();
        hash.put(content, 0, length);
        assertThat(source.hash()).isEqualTo(hash.hex());
        ByteArrayOutputStream copy = new ByteArrayOutputStream();
        source.copyTo(copy);
        assertThat(copy.toByteArray()).isEqualTo(content);
        source.release();
    }

    @Test
    void aLaterChangeIsNoticedWhereTheFileIsReadAgainAndNoneOfWhatIsHeld() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "content");
        WalSource held = new WalSource(file, cores, NOWHERE);
        WalSource notHeld = new WalSource(file);
        Files.writeString(file, "another");
        ByteArrayOutputStream copy = new ByteArrayOutputStream();
        held.copyTo(copy);
        assertThat(copy).hasToString("content");
        assertThatThrownBy(() -> notHeld.copyTo(new ByteArrayOutputStream()))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FILE_READ));
    }

    @Test
    void memoryIsUsedAgainAndHoldsWhatWasReadLast() throws IOException {
        for (String content : new String[] {"long content", "short", "another one"}) {
            WalSource source = new WalSource(Files.writeString(directory.resolve("file"), content), cores, NOWHERE);
            ByteArrayOutputStream copy = new ByteArrayOutputStream();
            source.copyTo(copy);
            assertThat(copy).hasToString(content);
            source.release();
        }
    }

    @Test
    void whoUsesItAfterItWasReleasedReadsTheFileAgainAndNotWhatAnotherHolds() throws IOException {
        Cores one = Cores.withMemory(1);
        WalSource released = new WalSource(Files.writeString(directory.resolve("first"), "content"), one, NOWHERE);
        released.release();
        WalSource other = new WalSource(Files.writeString(directory.resolve("second"), "another"), one, NOWHERE);
        ByteArrayOutputStream copy = new ByteArrayOutputStream();
        released.copyTo(copy);
        assertThat(copy).hasToString("content");
        other.release();
    }

    @Test
    void aFileThatCannotBeReadKeepsNoCore() {
        for (int i = 0; i < MANY; i++) {
            assertThatThrownBy(() -> new WalSource(directory.resolve("missing"), cores, NOWHERE))
                    .hasMessageContaining("missing");
        }
    }

    @Test
    void noMoreComputeAtATimeThanThereAreCores() {
        assertThat(mostOf(cores)).isEqualTo(2);
    }

    @Test
    void anyNumberComputesWhereNobodyCounts() {
        assertThat(mostOf(Cores.ANY)).isEqualTo(MANY);
    }

    /** How many of many have a core at once; each keeps it until as many as can be have one, or for a while. */
    private static int mostOf(Cores cores) {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(MANY);
        try (ExecutorService threads = Executors.newFixedThreadPool(MANY)) {
            for (int i = 0; i < MANY; i++) {
                var _ = threads.submit(() -> {
                    Cores.Core core = cores.take();
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    all.countDown();
                    boolean _ = all.await(100, TimeUnit.MILLISECONDS);
                    now.decrementAndGet();
                    core.release();
                    core.release();
                    return most;
                });
            }
        }
        return most.get();
    }
}
