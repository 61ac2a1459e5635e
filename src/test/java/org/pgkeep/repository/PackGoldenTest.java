package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.pgkeep.codec.Algorithm;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;

/** The pack that docs/formats/pack.md shows. */
class PackGoldenTest {
    private static final ObjectName NAME = new ObjectName("clusters/main/backups/20261121-203000F/packs/1.pack");

    @Test
    void beginningAndEndAreWhereThePageSays() throws IOException, URISyntaxException {
        byte[] pack = TinyRepository.bytes(GoldenRepository.open(1), NAME);
        HexFormat hex = HexFormat.of();
        assertThat(hex.formatHex(pack, 0, 16)).isEqualTo("504b45505041434b" + "01000000" + "00000000");
        assertThat(hex.formatHex(pack, pack.length - 8, pack.length)).isEqualTo("504b455050454e44");
        ByteBuffer footer = ByteBuffer.wrap(pack, pack.length - 40, 40).order(ByteOrder.LITTLE_ENDIAN);
        long indexOffset = footer.getLong();
        int indexBytes = footer.getInt();
        assertThat(indexOffset + indexBytes + 40).isEqualTo(pack.length);
        assertThat(footer.getInt()).as("length of the index, expanded").isPositive();
        assertThat(footer.getLong()).as("frames").isEqualTo(1);
        assertThat(footer.getLong()).isEqualTo(Xxh3.hash(pack, (int) indexOffset, indexBytes + 24));
    }

    @Test
    void itsFrameIsRead() throws IOException, URISyntaxException {
        Storage storage = GoldenRepository.open(1);
        try (PackReader pack = new PackReader(storage.open(NAME).orElseThrow(), "golden");
                PackReader.FrameBuffer buffer = new PackReader.FrameBuffer()) {
            Frame frame = pack.frame(0);
            assertThat(frame.offset()).isEqualTo(16);
            assertThat(frame.form()).isEqualTo(Algorithm.ZSTD);
            assertThat(frame.parts())
                    .containsExactly(
                            new Part(PathName.of("PG_VERSION"), 0, 1),
                            new Part(PathName.of("base/5/16384"), 0, 1),
                            new Part(PathName.of("base/5/16384"), 3, 1));
            pack.read(0, buffer);
            assertThat(buffer.content()).startsWith('1', '7', '\n', 0);
        }
    }
}
