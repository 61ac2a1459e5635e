package org.pgkeep.storage.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.pgkeep.codec.seal.Chance;
import org.pgkeep.codec.seal.DataKey;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.ObjectWriter;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.StorageContract;
import org.pgkeep.storage.memory.MemoryStorage;

/** A sealed store is a store, and gives nothing to who has only the one below. */
final class SealedStorageTest extends StorageContract {
    private static final int SLICE = 1 << 16;
    private static final int STORED_SLICE = SLICE + 16;
    private static final int HEADER = 56;
    private static final int END = 40;
    private static final ObjectName PLAIN = new ObjectName("plain.json");
    private static final ObjectName A = new ObjectName("folder/a");
    private static final ObjectName B = new ObjectName("folder/b");
    private static final DataKey KEY = DataKey.random(Chance.ofTheSystem());

    private final Storage below = new MemoryStorage();
    private final Storage sealed = seal(below, KEY);

    @Override
    protected Storage make() {
        return seal(new MemoryStorage(), KEY);
    }

    private static Storage seal(Storage below, DataKey key) {
        return new SealedStorage(below, key, PLAIN, Chance.ofTheSystem());
    }

    @Test
    void anyPartOfAnyLengthIsReadBack() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int length : List.of(0, 1, SLICE - 1, SLICE, SLICE + 1, 3 * SLICE, 20 * SLICE + 17)) {
            byte[] content = random(random, length);
            ObjectName name = new ObjectName("o/" + length);
            try (ObjectWriter writer = sealed.write(name)) {
                for (int at = 0; at < length; ) {
                    int step = Math.min(length - at, 1 + random.nextInt(2 * SLICE));
                    writer.write(ByteBuffer.wrap(content, at, step));
                    at += step;
                }
                assertThat(writer.size()).isEqualTo(length);
                assertThat(writer.commit()).isTrue();
            }
            assertThat(sealed.info(name).orElseThrow().sizeBytes()).isEqualTo(length);
            try (ObjectReader reader = sealed.open(name).orElseThrow()) {
                assertThat(reader.size()).isEqualTo(length);
                for (int i = 0; i < 50; i++) {
                    int from = random.nextInt(length + 1);
                    int to = from + random.nextInt(length - from + 1);
                    ByteBuffer part =
                            i % 2 == 0 ? ByteBuffer.allocate(to - from) : ByteBuffer.allocateDirect(to - from);
                    reader.read(from, part);
                    assertThat(part.flip())
                            .as("seed %s, length %s, %s to %s", seed, length, from, to)
                            .isEqualTo(ByteBuffer.wrap(content, from, to - from));
                }
            }
        }
    }

    @Test
    void nothingOfTheContentIsInTheStoreBelow() {
        byte[] content = bytes("SECRET".repeat(100));
        sealed.create(A, content);
        String stored = new String(raw(A), java.nio.charset.StandardCharsets.ISO_8859_1);
        assertThat(stored).doesNotContain("SECRET").startsWith("PKEPSEAL").endsWith("PKEPSEND");
        assertThat(stored).hasSize(HEADER + content.length + 16 + END);
    }

    @Test
    void noTwoWritingsAreAlike() {
        sealed.create(A, bytes("same"));
        byte[] first = raw(A);
        sealed.replace(A, sealed.info(A).orElseThrow().version(), bytes("same"));
        assertThat(Arrays.copyOfRange(raw(A), 24, 76)).isNotEqualTo(Arrays.copyOfRange(first, 24, 76));
    }

    @Test
    void everyFlippedBitIsFoundWithAndWithoutTheKey() {
        sealed.create(A, bytes("some content"));
        byte[] stored = raw(A);
        for (int bit = 0; bit < 8 * stored.length; bit++) {
            byte[] flipped = stored.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            put(A, flipped);
            assertRefused(() -> scrub(A), ErrorCode.DAMAGED, ErrorCode.TOO_NEW);
            boolean inHash = bit / 8 >= stored.length - 16 && bit / 8 < stored.length - 8;
            if (!inHash) {
                assertRefused(() -> read(sealed, A), ErrorCode.DAMAGED, ErrorCode.TOO_NEW);
            }
        }
        put(A, stored);
        assertThatNoException().isThrownBy(() -> scrub(A));
        assertThat(read(sealed, A)).isEqualTo(bytes("some content"));
    }

    @Test
    void everyCutIsFound() {
        sealed.create(A, bytes("some content"));
        byte[] stored = raw(A);
        for (int length = 0; length < stored.length; length++) {
            put(A, Arrays.copyOf(stored, length));
            assertRefused(() -> scrub(A), ErrorCode.DAMAGED);
            assertRefused(() -> read(sealed, A), ErrorCode.DAMAGED);
        }
    }

    @Test
    void anObjectInAnothersPlaceIsFound() {
        sealed.create(A, bytes("one"));
        sealed.create(B, bytes("two"));
        put(B, raw(A));
        assertThatExceptionOfType(PgkeepException.class)
                .isThrownBy(() -> sealed.open(B))
                .withMessageContaining(below.location(B))
                .withMessageContaining("another object was put in its place");
    }

    @Test
    void anObjectOfAnotherRepositoryIsCalledThat() {
        Storage other = seal(below, DataKey.random(Chance.ofTheSystem()));
        other.create(A, bytes("theirs"));
        assertThatExceptionOfType(PgkeepException.class)
                .isThrownBy(() -> sealed.open(A))
                .withMessageContaining("is of another repository");
    }

    @Test
    void anUnsealedObjectIsNotTakenForASealedOne() {
        below.create(A, bytes("{ \"format\" : 1 }"));
        assertThatExceptionOfType(PgkeepException.class)
                .isThrownBy(() -> sealed.open(A))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED))
                .withMessageContaining("is not sealed");
        assertThat(sealed.list("folder")).hasSize(1);
    }

    @Test
    void slicesCannotChangePlaces() {
        byte[] stored = threeSlices(A);
        byte[] swapped = stored.clone();
        System.arraycopy(stored, HEADER, swapped, HEADER + STORED_SLICE, STORED_SLICE);
        System.arraycopy(stored, HEADER + STORED_SLICE, swapped, HEADER, STORED_SLICE);
        put(A, swapped);
        assertThatExceptionOfType(PgkeepException.class)
                .isThrownBy(() -> read(sealed, A))
                .withMessageContaining("from byte 0 to 65536 of its content");
    }

    @Test
    void aSliceOfAnotherObjectOrOfAnEarlierWritingIsFound() {
        byte[] earlier = threeSlices(A);
        below.delete(A);
        byte[] stored = threeSlices(A);
        byte[] other = threeSlices(B);
        for (byte[] source : List.of(earlier, other)) {
            byte[] mixed = stored.clone();
            System.arraycopy(source, HEADER + STORED_SLICE, mixed, HEADER + STORED_SLICE, STORED_SLICE);
            put(A, mixed);
            assertRefused(() -> read(sealed, A), ErrorCode.DAMAGED);
        }
    }

    @Test
    void anObjectCannotBeCutAtASliceWithAnEndThatFits() {
        byte[] stored = threeSlices(A);
        byte[] cut = new byte[stored.length - STORED_SLICE];
        System.arraycopy(stored, 0, cut, 0, cut.length - END);
        System.arraycopy(stored, stored.length - END, cut, cut.length - END, END);
        ByteBuffer.wrap(cut).order(java.nio.ByteOrder.LITTLE_ENDIAN).putLong(cut.length - END, 2 * SLICE);
        put(A, cut);
        assertRefused(() -> sealed.open(A), ErrorCode.DAMAGED);
    }

    @Test
    void theOnePlainObjectStaysPlain() {
        sealed.create(PLAIN, bytes("readable"));
        assertThat(raw(PLAIN)).isEqualTo(bytes("readable"));
        assertThat(read(sealed, PLAIN)).isEqualTo(bytes("readable"));
        sealed.replace(PLAIN, sealed.info(PLAIN).orElseThrow().version(), bytes("changed"));
        assertThat(raw(PLAIN)).isEqualTo(bytes("changed"));
        assertThat(sealed.info(PLAIN).orElseThrow().sizeBytes()).isEqualTo(7);
    }

    private byte[] threeSlices(ObjectName name) {
        sealed.create(name, random(new Random(1), 3 * SLICE));
        return raw(name);
    }

    private static byte[] random(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] raw(ObjectName name) {
        return read(below, name);
    }

    private static byte[] read(Storage storage, ObjectName name) {
        try (ObjectReader reader = storage.open(name).orElseThrow()) {
            byte[] bytes = new byte[(int) reader.size()];
            reader.read(0, ByteBuffer.wrap(bytes));
            return bytes;
        }
    }

    private void put(ObjectName name, byte[] stored) {
        below.delete(name);
        below.create(name, stored);
    }

    private void scrub(ObjectName name) {
        try (ObjectReader reader = below.open(name).orElseThrow()) {
            SealedStorage.scrub(reader, below.location(name));
        }
    }

    private static void assertRefused(ThrowingCallable call, ErrorCode... codes) {
        assertThatExceptionOfType(PgkeepException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.code()).isIn((Object[]) codes));
    }
}
