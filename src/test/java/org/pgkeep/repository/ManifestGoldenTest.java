package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pgkeep.postgres.FileKind;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;

/** The manifest that docs/formats/manifest.md shows. */
class ManifestGoldenTest {
    private static final ObjectName NAME = new ObjectName("clusters/main/backups/20261121-203000F/manifest.pb.zst");

    @Test
    void itIsRead() throws IOException, URISyntaxException {
        Storage storage = GoldenRepository.open(1);
        List<Entry> entries = new ArrayList<>();
        try (ManifestReader reader = new ManifestReader(storage.open(NAME).orElseThrow(), "golden")) {
            assertThat(reader.header()).isEqualTo(TinyRepository.header(GoldenRepository.LABEL));
            for (Optional<Entry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
                entries.add(entry.get());
            }
        }
        assertThat(entries)
                .extracting(entry -> entry.path().toString())
                .containsExactly("PG_VERSION", "base/5/16384", "base/5/16385");
        assertThat(entries.get(1)).isInstanceOfSatisfying(Entry.OfFile.class, file -> {
            assertThat(file.kind()).isEqualTo(FileKind.MAIN_FORK);
            assertThat(file.sizeBytes()).isEqualTo(5 * 8192);
            assertThat(file.extents())
                    .containsExactly(
                            new Extent(1, 1, 1, 0, 1), Extent.zero(2), new Extent(1, 1, 1, 0, 2), Extent.zero(1));
        });
    }

    /** Field by field as the page says; zstd may compress better one day, but what comes out stays. */
    @Test
    void itsTrailerStandsAtItsEnd() throws IOException, URISyntaxException {
        byte[] stored = TinyRepository.bytes(GoldenRepository.open(1), NAME);
        byte[] content = new byte[4096];
        int length = (int) Zstd.decompress(content, stored);
        // Length 13, record 3 of length 11: entries = 3, hash (fixed64).
        assertThat(HexFormat.of().formatHex(content, length - 14, length - 8)).isEqualTo("0d1a0b080311");
    }
}
