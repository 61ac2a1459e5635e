package org.pgkeep.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FrameCodecTest {
    @ParameterizedTest
    @ValueSource(strings = {"zstd:1", "zstd:3", "lz4", "gzip:6", "bzip2:9"})
    void contentComesBackByteForByte(String compression) {
        byte[] content = compressible(FrameCodec.CONTENT_BYTES_MAX);
        try (FrameCodec codec = new FrameCodec(Compression.parse(compression))) {
            for (int length : new int[] {1 << 13, 12345, content.length}) {
                int stored = codec.compress(content, length);
                assertThat(stored).isBetween(1, length - 1);
                byte[] back = new byte[content.length];
                assertThat(codec.expand(codec.algorithm(), codec.stored(), 0, stored, back, length))
                        .isTrue();
                assertThat(Arrays.equals(back, 0, length, content, 0, length)).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd:1", "lz4", "gzip:6", "bzip2:9", "none"})
    void randomContentIsBetterStoredRaw(String compression) {
        byte[] content = new byte[FrameCodec.CONTENT_BYTES_MAX];
        new Random(42).nextBytes(content);
        try (FrameCodec codec = new FrameCodec(Compression.parse(compression))) {
            assertThat(codec.compress(content, content.length)).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd:1", "lz4", "gzip:6", "bzip2:9"})
    void truncatedBytesAreDamageAndNotAnException(String compression) {
        byte[] content = compressible(100_000);
        try (FrameCodec codec = new FrameCodec(Compression.parse(compression))) {
            int stored = codec.compress(content, content.length);
            byte[] back = new byte[content.length];
            assertThat(codec.expand(codec.algorithm(), codec.stored(), 0, stored / 2, back, content.length))
                    .isFalse();
        }
    }

    @Test
    void theStoredBufferHoldsTheWorstCase() {
        assertThat(FrameCodec.zstdBound()).isLessThanOrEqualTo(FrameCodec.STORED_BYTES_MAX);
    }

    private static byte[] compressible(int length) {
        byte[] content = new byte[length];
        Random random = new Random(7);
        for (int i = 0; i < length; i++) {
            content[i] = (byte) (i % 64 < 40 ? i / 64 : random.nextInt(4));
        }
        return content;
    }
}
