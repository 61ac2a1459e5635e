package org.pgkeep.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.error.PgkeepException;

final class CompressionTest {
    @ParameterizedTest
    @ValueSource(strings = {"zstd:3", "zstd:-5", "lz4", "gzip:9", "bzip2:1", "none"})
    void whatIsPrintedIsWhatIsRead(String text) {
        assertThat(Compression.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zst", "zstd:", "zstd:99", "gzip:0", "", "none:1", "lz4:9"})
    void whatIsNoCompressionIsRefused(String text) {
        assertThatThrownBy(() -> Compression.parse(text)).isInstanceOf(PgkeepException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd:3", "lz4", "gzip:6", "bzip2:9", "none"})
    void streamsComeBackByteForByte(String text) throws IOException {
        byte[] content = "wal ".repeat(100_000).getBytes(StandardCharsets.US_ASCII);
        Compression compression = Compression.parse(text);
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        try (OutputStream stream = StreamCodec.compressing(target, compression)) {
            stream.write(content);
        }
        var source = new ByteArrayInputStream(target.toByteArray());
        assertThat(StreamCodec.expanding(source, compression.algorithm()).readAllBytes())
                .isEqualTo(content);
    }

    @Test
    void xxh3IsTheReferenceImplementations() {
        // XXH3 of the empty input, from the xxHash project's specification.
        assertThat(Xxh3.hex16(Xxh3.hash(new byte[0], 0, 0))).isEqualTo("2d06800538d394c2");
        assertThat(Xxh3.stream128().hex()).isEqualTo("99aa06d3014798d86001c324468d497f");
    }
}
