package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.codec.Algorithm;
import org.pgkeep.codec.Compression;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.memory.MemoryStorage;

class PackTest {
    private static final ObjectName NAME = new ObjectName("packs/1.pack");

    @Property(tries = 100)
    void whatIsPackedComesBack(
            @ForAll @LongRange(min = 0, max = 1L << 40) long seed, @ForAll @IntRange(min = 1, max = 300) int blocks) {
        byte[] content = content(seed, blocks);
        MemoryStorage storage = new MemoryStorage();
        Entry.OfFile file = pack(storage, content, compression(seed), 1 << 30);
        assertThat(unpack(storage, file)).isEqualTo(content);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd:1", "zstd:19", "lz4", "gzip:6", "bzip2:9", "none"})
    void everyCompressionComesBack(String compression) {
        byte[] content = content(7, 200);
        MemoryStorage storage = new MemoryStorage();
        Entry.OfFile file = pack(storage, content, Compression.parse(compression), 1 << 30);
        assertThat(unpack(storage, file)).isEqualTo(content);
    }

    @Test
    void blocksOfZerosAreNotStored() {
        MemoryStorage storage = new MemoryStorage();
        Entry.OfFile file = pack(storage, new byte[64 * Blocks.BYTES], Compression.DEFAULT, 1 << 30);
        assertThat(file.extents()).containsExactly(Extent.zero(64));
        assertThat(TinyRepository.names(storage)).isEmpty();
    }

    @Test
    void whatDoesNotShrinkIsStoredRaw() {
        MemoryStorage storage = new MemoryStorage();
        byte[] noise = new byte[Blocks.BYTES];
        new Random(1).nextBytes(noise);
        pack(storage, noise, Compression.DEFAULT, 1 << 30);
        try (PackReader pack = open(storage, NAME)) {
            assertThat(pack.frame(0).form()).isEqualTo(Algorithm.NONE);
            assertThat(pack.frame(0).storedBytes()).isEqualTo(Blocks.BYTES);
        }
    }

    @Test
    void aPackClosesWhenItIsFull() {
        MemoryStorage storage = new MemoryStorage();
        byte[] noise = new byte[5 << 20];
        new Random(1).nextBytes(noise);
        Entry.OfFile file = pack(storage, noise, Compression.NONE, 2 << 20);
        assertThat(TinyRepository.names(storage)).hasSize(3);
        assertThat(unpack(storage, file)).isEqualTo(noise);
    }

    /** Of very many small files with very long paths. */
    @Test
    void aPackEndsBeforeItsIndexIsTooLongForAReader() {
        MemoryStorage storage = new MemoryStorage();
        PathName path = PathName.of("x".repeat(4000));
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < Blocks.PER_GROUP; i++) {
            parts.add(new Part(path, i, 1));
        }
        byte[] stored = content(1, 1);
        int frames = 0;
        try (PackWriter pack = new PackWriter(1, storage.write(NAME))) {
            for (; !pack.isFull(); frames++) {
                pack.append(stored, stored.length, Algorithm.NONE, parts, new long[Blocks.PER_GROUP], Blocks.PER_GROUP);
            }
            pack.finish();
        }
        assertThat(frames).isLessThan(PackFormat.FRAMES_MAX);
        try (PackReader pack = open(storage, NAME)) {
            assertThat(pack.frames()).hasSize(frames);
        }
    }

    @Test
    void aPackCutOffAtAnyByteIsAnError() {
        byte[] sound = smallPack();
        for (int length = 0; length < sound.length; length++) {
            byte[] cut = Arrays.copyOf(sound, length);
            assertThatThrownBy(() -> scrub(cut))
                    .as("cut to %d bytes", length)
                    .isInstanceOfSatisfying(PgkeepException.class, this::isDamage);
        }
    }

    @Test
    void aFlippedBitAnywhereInAPackIsFound() {
        byte[] sound = smallPack();
        for (int bit = 0; bit < sound.length * 8; bit++) {
            byte[] flipped = sound.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> scrub(flipped))
                    .as("bit %d of byte %d", bit % 8, bit / 8)
                    .isInstanceOfSatisfying(PgkeepException.class, this::isDamage);
        }
    }

    @Test
    void damageNamesPackFrameAndFile() {
        byte[] bytes = smallPack();
        bytes[20] ^= 1;
        assertThatThrownBy(() -> scrub(bytes))
                .hasMessageMatching(".*1\\.pack: frame 0 at byte 16 \\(base/5/1 block 0\\) is damaged");
    }

    private void isDamage(PgkeepException e) {
        // A version with a flipped bit looks like a newer one.
        assertThat(e.code()).isIn(ErrorCode.DAMAGED, ErrorCode.TOO_NEW);
    }

    private static byte[] smallPack() {
        MemoryStorage storage = new MemoryStorage();
        byte[] content = new byte[2 * Blocks.BYTES];
        content[5] = 1;
        content[Blocks.BYTES] = 2;
        pack(storage, content, Compression.DEFAULT, 1 << 30);
        return TinyRepository.bytes(storage, NAME);
    }

    private static void scrub(byte[] bytes) {
        MemoryStorage storage = new MemoryStorage();
        storage.create(NAME, bytes);
        try (PackReader pack = open(storage, NAME);
                PackReader.FrameBuffer buffer = new PackReader.FrameBuffer()) {
            for (int i = 0; i < pack.frames().size(); i++) {
                pack.scrub(i, buffer);
            }
        }
    }

    private static PackReader open(MemoryStorage storage, ObjectName name) {
        return new PackReader(storage.open(name).orElseThrow(), storage.location(name));
    }

    private static Entry.OfFile pack(MemoryStorage storage, byte[] content, Compression compression, long packBytes) {
        List<Integer> numbers = new ArrayList<>();
        PackAppender appender = new PackAppender(
                () -> {
                    int number = numbers.size() + 1;
                    numbers.add(number);
                    return new PackWriter(number, storage.write(new ObjectName("packs/" + number + ".pack")));
                },
                _ -> {},
                compression,
                packBytes);
        try (appender) {
            Entry.OfFile file = TinyRepository.file(appender, PathName.of("base/5/1"), content);
            appender.finish();
            return file;
        }
    }

    private static byte[] unpack(MemoryStorage storage, Entry.OfFile file) {
        byte[] content = new byte[(int) Blocks.count(file.sizeBytes()) * Blocks.BYTES];
        Map<Integer, PackReader> packs = new TreeMap<>();
        int at = 0;
        try (PackReader.FrameBuffer buffer = new PackReader.FrameBuffer()) {
            for (Extent extent : file.extents()) {
                if (!extent.isZero()) {
                    PackReader pack = packs.computeIfAbsent(
                            extent.pack(), number -> open(storage, new ObjectName("packs/" + number + ".pack")));
                    pack.read(extent.frame(), buffer);
                    int from = extent.firstBlock() * Blocks.BYTES;
                    System.arraycopy(buffer.content(), from, content, at, extent.blocks() * Blocks.BYTES);
                }
                at += extent.blocks() * Blocks.BYTES;
            }
        }
        packs.values().forEach(PackReader::close);
        return Arrays.copyOf(content, (int) file.sizeBytes());
    }

    /** Blocks of noise, of one byte and of zeros, and an end within a block. */
    private static byte[] content(long seed, int blocks) {
        Random random = new Random(seed);
        byte[] content = new byte[blocks * Blocks.BYTES - random.nextInt(Blocks.BYTES)];
        for (int at = 0; at < content.length; at += Blocks.BYTES) {
            int length = Math.min(Blocks.BYTES, content.length - at);
            byte[] block = new byte[length];
            switch (random.nextInt(3)) {
                case 0 -> random.nextBytes(block);
                case 1 -> Arrays.fill(block, (byte) random.nextInt());
                default -> {}
            }
            System.arraycopy(block, 0, content, at, length);
        }
        return content;
    }

    private static Compression compression(long seed) {
        return switch ((int) (seed % 3)) {
            case 0 -> Compression.DEFAULT;
            case 1 -> Compression.of(Algorithm.LZ4);
            default -> Compression.NONE;
        };
    }
}
