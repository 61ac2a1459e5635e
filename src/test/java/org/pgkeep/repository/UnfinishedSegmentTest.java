package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.codec.Compression;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.wal.WalBuilder;
import org.pgkeep.storage.memory.MemoryStorage;

class UnfinishedSegmentTest {
    @TempDir
    private Path directory;

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final ClusterStore cluster = TinyRepository.cluster(new MemoryStorage(), clock);
    private final WalArchive wal = cluster.wal();

    /** One segment that is full to its end, and one that is left by a switch. */
    private static WalBuilder wal(MajorVersion version) {
        WalBuilder wal = WalBuilder.of(version);
        for (int i = 0; wal.roomInSegment() > 40_000; i++) {
            long _ = wal.add(WalBuilder.Draft.of(10, 0).block(1663, 5, 16384, 0, i, 100 + i * 37 % 9000));
        }
        wal.fillSegment(64);
        long _ = wal.add(WalBuilder.Draft.of(10, 0).block(1663, 5, 16385, 0, 1, 200));
        long _ = wal.switchSegment();
        return wal;
    }

    @ParameterizedTest
    @EnumSource(
            value = MajorVersion.class,
            names = {"V9_6", "V13", "V17", "V18"})
    void whereverItIsCutAndZerosFollowItIsSeen(MajorVersion version) throws IOException {
        WalBuilder wal = wal(version);
        byte[] full = wal.segments().getFirst();
        SegmentName name = wal.name(0);
        assertThat(unfinished(full, name)).isEmpty();
        assertThat(unfinished(wal.segments().get(1), wal.name(1)))
                .as("left by a switch")
                .isEmpty();
        for (int end = 5000; end <= full.length - 24; end += 7919) {
            byte[] cut = Arrays.copyOf(Arrays.copyOf(full, end), full.length);
            int most = end;
            assertThat(unfinished(cut, name))
                    .as("cut at " + end)
                    .hasValueSatisfying(found -> assertThat(found.bytes()).isBetween(most - 24, most));
        }
        for (int page = 8192; page < full.length; page += 40 * 8192) {
            assertThat(unfinished(Arrays.copyOf(Arrays.copyOf(full, page), full.length), name))
                    .as("cut before the page at " + page)
                    .isPresent();
        }
    }

    /** The switch begins in the segment before, and the one that it reaches into is left behind its last bytes. */
    @ParameterizedTest
    @ValueSource(ints = {8, 16})
    void oneThatASwitchReachesIntoIsComplete(int room) throws IOException {
        WalBuilder wal = WalBuilder.of(MajorVersion.V17);
        wal.fillSegment(room);
        long _ = wal.switchSegment();
        byte[] left = Arrays.copyOf(Arrays.copyOf(wal.segments().get(1), 40 + 24 - room), 1 << 20);
        assertThat(unfinished(wal.segments().getFirst(), wal.name(0))).isEmpty();
        assertThat(unfinished(left, wal.name(1))).isEmpty();
    }

    /** Of a record that ends there, and zeros follow because no more was streamed. */
    @ParameterizedTest
    @ValueSource(ints = {8, 16})
    void theEndOfAnotherRecordThatLooksLikeASwitchIsNone(int rest) throws IOException {
        WalBuilder wal = WalBuilder.of(MajorVersion.V17);
        wal.fillSegment(24 + 40);
        byte[] like = new byte[38 + rest];
        // Info and resource manager are a switch's; what is padding there is not zero here.
        like[like.length - 8] = 0x40;
        like[like.length - 6] = 1;
        long _ = wal.add(WalBuilder.Draft.of(10, 0).main(like));
        long _ = wal.switchSegment();
        byte[] cut = Arrays.copyOf(Arrays.copyOf(wal.segments().get(1), 40 + rest), 1 << 20);
        assertThat(unfinished(cut, wal.name(1))).isPresent();
    }

    @Test
    void damageIsNotTheEnd() throws IOException {
        WalBuilder wal = wal(MajorVersion.V17);
        byte[] damaged = wal.segments().get(1).clone();
        damaged[80] ^= 1;
        assertThat(unfinished(damaged, wal.name(1))).as("a switch follows").isEmpty();
        byte[] full = wal.segments().getFirst().clone();
        full[100_000] ^= 1;
        assertThat(unfinished(full, wal.name(0))).isEmpty();
    }

    @Test
    void itIsStoredAsThePieceThatItIsAndHindersNobody() throws IOException {
        WalBuilder built = wal(MajorVersion.V17);
        byte[] full = built.segments().getFirst();
        SegmentName name = built.name(0);
        Path whole = write("whole", full);
        wal.pieces().push(new WalPiece(name, 0, 300_000), whole, Compression.DEFAULT);
        Path cut = write("cut", Arrays.copyOf(Arrays.copyOf(full, 200_000), full.length));
        assertThat(push(cut, name)).isEqualTo(WalArchive.Pushed.STORED);
        assertThat(wal.find(name.toString())).as("the segment").isEmpty();
        assertThat(wal.pieces().of(name).end()).isEqualTo(300_000);

        assertThat(push(whole, name)).isEqualTo(WalArchive.Pushed.STORED);
        assertThat(push(cut, name)).isEqualTo(WalArchive.Pushed.ALREADY_THERE);
        ByteArrayOutputStream stored = new ByteArrayOutputStream();
        long _ = wal.copyTo(wal.find(name.toString()).orElseThrow(), stored);
        assertThat(stored.toByteArray()).isEqualTo(full);
        wal.pieces().of(name).requireWithin(wal.find(name.toString()).orElseThrow());
    }

    @Test
    void otherWalOfTheSameSegmentIsAConflict() throws IOException {
        WalBuilder one = wal(MajorVersion.V17);
        WalBuilder two = WalBuilder.of(MajorVersion.V17);
        long _ = two.add(WalBuilder.Draft.of(10, 0).block(1663, 5, 777, 0, 1, 900));
        SegmentName name = one.name(0);
        Path other = write("other", two.segments().getFirst());
        Path whole = write("whole", one.segments().getFirst());
        wal.pieces().push(new WalPiece(name, 0, 300_000), whole, Compression.DEFAULT);
        assertConflict(() -> push(other, name));
        assertThat(push(whole, name)).isEqualTo(WalArchive.Pushed.STORED);
        assertConflict(() -> push(other, name));
        wal.pieces().push(new WalPiece(name, 0, 500), other, Compression.DEFAULT);
        assertConflict(() ->
                wal.pieces().of(name).requireWithin(wal.find(name.toString()).orElseThrow()));
    }

    private static void assertConflict(Runnable action) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    }

    private WalArchive.Pushed push(Path file, SegmentName name) {
        return SegmentPush.into(cluster, Compression.DEFAULT, true)
                .pushReady(file, name, Optional.empty())
                .pushed();
    }

    private Optional<UnfinishedSegment> unfinished(byte[] content, SegmentName name) throws IOException {
        return UnfinishedSegment.of(write("segment", content), name);
    }

    private Path write(String file, byte[] content) throws IOException {
        return Files.write(directory.resolve(file), content);
    }
}
