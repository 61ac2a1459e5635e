package org.pgkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.report.Sketch;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.storage.ObjectName;

/** How {@code archive-push} compresses, by {@code --compress} and {@code --wal-compress}. */
class WalCompressionTest {
    private static final String SEGMENT = "000000010000000000000003";

    @TempDir
    private Path directory;

    /** The one object that a push into a new repository leaves. */
    private record Stored(ObjectName name, List<Byte> bytes) {}

    private Stored pushed(String... options) throws IOException {
        byte[] segment = TinyRepository.segment(SEGMENT, 1);
        Random random = new Random(2);
        for (int i = 1000; i < segment.length; i++) {
            // Repeats, which a higher level finds more of.
            segment[i] = random.nextInt(4) > 0 ? segment[i - 1 - random.nextInt(900)] : (byte) random.nextInt(16);
        }
        Path file = Files.write(directory.resolve(SEGMENT), segment);
        Sketch sketch = new Sketch();
        Runs runs = new Runs(Path.of("/nowhere"))
                .in(sketch.storage, sketch.clock)
                .with("PGKEEP_REPO_PATH", "/repo")
                .with("PGKEEP_ALLOW_ROOT", "true");
        List<String> line = new ArrayList<>(List.of("archive-push", "--no-wal-summaries"));
        line.addAll(List.of(options));
        line.add(file.toString());
        Runs.Outcome outcome = runs.run(line.toArray(String[]::new));
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.status()).isZero();
        List<ObjectName> objects = TinyRepository.names(sketch.storage).stream()
                .filter(name -> name.value().contains("/wal/") && name.value().contains(SEGMENT))
                .toList();
        assertThat(objects).hasSize(1);
        List<Byte> bytes = new ArrayList<>();
        for (byte b : TinyRepository.bytes(sketch.storage, objects.getFirst())) {
            bytes.add(b);
        }
        return new Stored(objects.getFirst(), bytes);
    }

    @Test
    void levelsOfZstdAreForBackupsUnlessWalHasOneOfItsOwn() throws IOException {
        Stored usual = pushed();
        assertThat(pushed("--compress", "zstd:3")).isEqualTo(usual);
        assertThat(pushed("--compress", "zstd:19")).isEqualTo(usual);
        assertThat(pushed("--wal-compress", "zstd:1", "--compress", "lz4")).isEqualTo(usual);
        assertThat(pushed("--wal-compress", "zstd:9").bytes()).isNotEqualTo(usual.bytes());
        assertThat(pushed("--compress", "zstd:-5").bytes()).isNotEqualTo(usual.bytes());
    }

    @Test
    void theMethodIsThatOfBackupsUnlessWalHasOneOfItsOwn() throws IOException {
        assertThat(pushed("--compress", "lz4").name().value()).endsWith(".lz4");
        assertThat(pushed("--compress", "gzip:9", "--wal-compress", "none")
                        .name()
                        .value())
                .matches(".*-[0-9a-f]{32}");
        assertThat(pushed("--wal-compress", "gzip").name().value()).endsWith(".gz");
    }
}
