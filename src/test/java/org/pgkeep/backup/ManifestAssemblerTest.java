package org.pgkeep.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.codec.Compression;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.Attributes;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.BackupWriter;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Entry;
import org.pgkeep.repository.Extent;
import org.pgkeep.repository.ManifestHeader;
import org.pgkeep.repository.ManifestReader;
import org.pgkeep.repository.ManifestWriter;
import org.pgkeep.repository.Owner;
import org.pgkeep.repository.PathName;
import org.pgkeep.repository.Repository;
import org.pgkeep.storage.memory.MemoryStorage;

final class ManifestAssemblerTest {
    private static final int GROUP_BYTES = Blocks.BYTES * Blocks.PER_GROUP;
    private static final Attributes ATTRIBUTES = new Attributes(0600, "postgres", "postgres", Instant.EPOCH);

    @TempDir
    private Path directory;

    private final List<BackupRecord.Warning> warnings = new ArrayList<>();

    @Test
    void extentsComeTogetherHoweverTheWorkersEnded() {
        List<Entry> entries = assemble(results -> {
            results.extent(1, 1, 0, 10, 0, 2, 5, 0, 22);
            results.extent(0, 0, 0, 1, 0, 1, 0, 7, 33);
            results.extent(1, 0, 100, 28, 0, 3, 0, 0, 11);
            results.extent(1, 0, 0, 100, 0, 0, 0, 0, 11);
        });
        Entry.OfFile small = (Entry.OfFile) entries.get(0);
        Entry.OfFile large = (Entry.OfFile) entries.get(1);
        assertThat(small.extents()).containsExactly(new Extent(1, 1, 1, 0, 7));
        assertThat(small.hash()).isEqualTo(fileHash(100, 33));
        assertThat(large.extents())
                .containsExactly(Extent.zero(100), new Extent(28, 1, 3, 0, 0), new Extent(10, 1, 2, 5, 0));
        assertThat(large.hash()).isEqualTo(fileHash(GROUP_BYTES + 10L * Blocks.BYTES, 11, 22));
    }

    @Test
    void aFileThatShrankEndsWhereItWasCutFirst() {
        List<Entry> entries = assemble(results -> {
            results.extent(0, 0, 0, 1, 0, 1, 0, 0, 33);
            results.extent(1, 0, 0, 3, 0, 1, 1, 0, 44);
            results.end(1, 0, 2L * Blocks.BYTES + 5);
            // Written after the truncation, and read by another worker.
            results.extent(1, 1, 0, 10, 0, 2, 5, 0, 22);
        });
        Entry.OfFile large = (Entry.OfFile) entries.get(1);
        assertThat(large.sizeBytes()).isEqualTo(2L * Blocks.BYTES + 5);
        assertThat(large.extents()).containsExactly(new Extent(3, 1, 1, 1, 0));
        assertThat(large.hash()).isEqualTo(fileHash(2L * Blocks.BYTES + 5, 44));
    }

    @Test
    void aFileThatWasEmptiedIsEmpty() {
        List<Entry> entries = assemble(results -> {
            results.end(0, 0, 0);
            results.end(1, 0, 0);
            results.end(1, 1, 0);
        });
        assertThat(entries).hasSize(2).allSatisfy(entry -> {
            Entry.OfFile file = (Entry.OfFile) entry;
            assertThat(file.sizeBytes()).isZero();
            assertThat(file.extents()).isEmpty();
        });
    }

    @Test
    void aFileThatVanishedIsNotInTheManifest() {
        List<Entry> entries = assemble(results -> {
            results.extent(0, 0, 0, 1, 0, 1, 0, 0, 33);
            results.extent(1, 0, 0, 128, 0, 1, 1, 0, 44);
            results.vanished(1);
        });
        assertThat(entries).singleElement().extracting(Entry::path).hasToString("base/5/1");
    }

    @Test
    void badPagesAreInTheManifestAndInAWarning() {
        List<Entry> entries = assemble(results -> {
            results.extent(0, 0, 0, 1, 0, 1, 0, 0, 33);
            results.extent(1, 0, 0, 128, 0, 1, 1, 0, 44);
            results.badPage(1, 1, 1, 130);
            results.badPage(1, 1, 0, 129);
            results.extent(1, 1, 0, 10, 0, 1, 2, 0, 45);
        });
        assertThat(((Entry.OfFile) entries.get(1)).badBlocks()).containsExactly(129L, 130L);
        assertThat(warnings).singleElement().satisfies(warning -> {
            assertThat(warning.path()).isEqualTo("base/5/2");
            assertThat(warning.pages()).containsExactly(129L, 130L);
        });
    }

    @Test
    void walThatBecamePartOfTheBackupStandsWhereItsPathIsDoneAndAllItsFilesAreGone() throws IOException {
        byte[] segment = new byte[GROUP_BYTES];
        Arrays.fill(segment, 0, 3 * Blocks.BYTES, (byte) 7);
        List<Entry> entries = assemble(
                results -> {
                    results.extent(0, 0, 0, 1, 0, 1, 0, 0, 33);
                    results.extent(1, 0, 0, 128, 0, 1, 1, 0, 44);
                    results.extent(1, 1, 0, 10, 0, 1, 2, 0, 45);
                },
                wal -> {
                    for (String name :
                            List.of("00000002.history", "000000020000000000000005", "000000020000000000000006")) {
                        Files.write(wal.place(name), name.length() == 24 ? segment : new byte[] {'1'});
                        wal.add(name);
                    }
                    assertThat(wal.place("000000020000000000000006")).doesNotExist();
                });
        assertThat(entries)
                .extracting(entry -> entry.path().toString())
                .containsExactly(
                        "base/5/1",
                        "base/5/2",
                        "pg_wal/00000002.history",
                        "pg_wal/000000020000000000000005",
                        "pg_wal/000000020000000000000006",
                        "pg_wal/archive_status/000000020000000000000005.done",
                        "pg_wal/archive_status/000000020000000000000006.done");
        Entry.OfFile first = (Entry.OfFile) entries.get(3);
        assertThat(first.sizeBytes()).isEqualTo(GROUP_BYTES);
        assertThat(first.extents()).hasSize(2).last().isEqualTo(Extent.zero(125));
        assertThat(((Entry.OfFile) entries.get(6)).sizeBytes()).isZero();
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left.filter(path -> path.getFileName().toString().startsWith("pgkeep-wal")))
                    .isEmpty();
        }
    }

    private interface Work {
        void findIn(CopyResults results);
    }

    /** Files base/5/1 of 100 bytes and base/5/2 of 1 MiB and 10 blocks, with these results. */
    private List<Entry> assemble(Work work) {
        try {
            return assemble(work, _ -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface WalWork {
        void addTo(WalFiles files) throws IOException;
    }

    private List<Entry> assemble(Work work, WalWork wal) throws IOException {
        Path model = Files.writeString(directory.resolve("pg_control"), "");
        try (Repository repository = Repository.openOrCreate(new MemoryStorage(), InstantSource.system());
                ListingSpool listing = new ListingSpool(directory);
                CopyResults results = new CopyResults(directory)) {
            listing.add(listed("base/5/1", 100));
            listing.add(listed("base/5/2", GROUP_BYTES + 10L * Blocks.BYTES));
            listing.finish();
            work.findIn(results);
            ClusterStore cluster = repository.register(new ClusterName("main"), 7, "15");
            List<Entry> entries = new ArrayList<>();
            try (BackupWriter writer = cluster.begin(BackupType.FULL, Owner.ofThisProcess());
                    WalFiles files = new WalFiles(
                            directory,
                            "pg_wal",
                            model,
                            () -> writer.appender(Compression.parse("zstd:1"), 1 << 20),
                            Progress.SILENT)) {
                wal.addTo(files);
                files.finish();
                ManifestAssembler assembler = new ManifestAssembler(
                        results.sorted(), null, new References(writer.label(), List.of()), warnings::add);
                try (ManifestWriter manifest = writer.manifest(header(writer))) {
                    assembler.write(listing, files, manifest);
                    manifest.finish();
                }
                try (ManifestReader reader = cluster.manifest(writer.label())) {
                    for (Optional<Entry> next = reader.next(); next.isPresent(); next = reader.next()) {
                        entries.add(next.get());
                    }
                }
                assertThat(assembler.files()).isEqualTo(entries.size());
            }
            return entries;
        }
    }

    private static ListedEntry listed(String path, long size) {
        return new ListedEntry(PathName.of(path), ListedEntry.Type.FILE, size, ATTRIBUTES, Optional.empty());
    }

    private static ManifestHeader header(BackupWriter writer) {
        return new ManifestHeader(
                writer.label(),
                Optional.empty(),
                List.of(writer.label()),
                7,
                150000,
                new Lsn(1),
                new Lsn(2),
                1,
                1,
                8192,
                16 << 20,
                true,
                List.of(),
                List.of(),
                Map.of());
    }

    private static long fileHash(long size, long... groups) {
        Xxh3.Stream64 hash = Blocks.fileHash(size);
        Arrays.stream(groups).forEach(hash::putLong);
        return hash.value();
    }
}
