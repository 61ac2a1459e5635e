package org.pgkeep.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThatCode;

import com.dynatrace.hash4j.hashing.Hashing;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class Xxh3Test {
    private static final byte[] BYTES = bytes();

    private static byte[] bytes() {
        byte[] bytes = new byte[20_000];
        new Random(3).nextBytes(bytes);
        return bytes;
    }

    private static long byJava(byte[] bytes, int offset, int length) {
        return Hashing.xxh3_64().hashBytesToLong(bytes, offset, length);
    }

    private static void assumeLibrary() {
        assumeThatCode(() -> SystemXxh3.agrees(any -> 0))
                .as("this machine has the library")
                .doesNotThrowAnyException();
    }

    @Test
    void theHashIsTheReferences() {
        // What xxhsum -H3 prints for an empty file.
        assertThat(Xxh3.hash(new byte[0], 0, 0)).isEqualTo(0x2D06800538D394C2L);
    }

    @Test
    void theSystemsLibraryGivesTheSameHashOfAnyRange() {
        assumeLibrary();

        for (int length = 0; length < 2000; length++) {
            int offset = length * 7 % 1001;
            assertThat(SystemXxh3.hash(BYTES, offset, length))
                    .as("%s bytes from %s", length, offset)
                    .isEqualTo(byJava(BYTES, offset, length));
        }
        assertThat(SystemXxh3.hash(BYTES, 3, 8192)).isEqualTo(byJava(BYTES, 3, 8192));
        assertThat(SystemXxh3.agrees(bytes -> byJava(bytes, 0, bytes.length))).isTrue();
    }

    @Test
    void theSystemsLibraryGivesTheSame128BitsHoweverTheyComeIn() {
        assumeLibrary();

        for (int length = 0; length < 2000; length++) {
            Xxh3.Stream128 bySystem = new SystemStream128();
            Xxh3.Stream128 byJava = new Xxh3.JavaStream128();
            int offset = length * 7 % 1001;
            int first = length * 31 % (length + 1);
            for (Xxh3.Stream128 stream : List.of(bySystem, byJava)) {
                stream.put(BYTES, offset, first);
                stream.put(BYTES, offset + first, length - first);
            }
            assertThat(bySystem.hex())
                    .as("%s bytes from %s", length, offset)
                    .isEqualTo(byJava.hex())
                    .isEqualTo(bySystem.hex());
        }
        assertThat(SystemStream128.agrees(Xxh3.JavaStream128::new)).isTrue();
    }

    @Test
    void aLibraryWhoseStreamsAreOthersIsNotTaken() {
        assumeLibrary();

        assertThat(SystemStream128.agrees(() -> {
                    Xxh3.Stream128 other = new Xxh3.JavaStream128();
                    other.put(BYTES, 0, 1);
                    return other;
                }))
                .isFalse();
    }

    @Test
    void streamsStayTheSameWhileTheLibraryTakesOver() {
        Xxh3.Stream128 expected = new Xxh3.JavaStream128();
        expected.put(BYTES, 5, 8192);
        Set<Class<?>> kinds = new HashSet<>();

        Xxh3.prepareStreams();

        long end = System.nanoTime() + Duration.ofMillis(500).toNanos();
        while (System.nanoTime() < end) {
            Xxh3.Stream128 stream = Xxh3.stream128();
            kinds.add(stream.getClass());
            stream.put(BYTES, 5, 8192);
            assertThat(stream.hex()).isEqualTo(expected.hex());
        }
        assumeLibrary();
        assertThat(kinds).contains(SystemStream128.class);
    }

    @Test
    void aLibraryThatHashesOtherwiseIsNotTaken() {
        assumeLibrary();

        assertThat(SystemXxh3.agrees(bytes -> bytes.length == 8192 ? 0 : byJava(bytes, 0, bytes.length)))
                .isFalse();
    }

    @Test
    void hashesStayTheSameWhileTheLibraryTakesOver() {
        long expected = byJava(BYTES, 5, 8192);

        Xxh3.prepare();

        long end = System.nanoTime() + Duration.ofMillis(500).toNanos();
        while (System.nanoTime() < end) {
            assertThat(Xxh3.hash(BYTES, 5, 8192)).isEqualTo(expected);
        }
    }
}
