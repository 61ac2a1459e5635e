package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.FileKind;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.memory.MemoryStorage;

class ManifestTest {
    private static final ObjectName NAME = new ObjectName("manifest.pb.zst");
    private static final Label LABEL = Label.parse("20261121-203000F").orElseThrow();

    @Property(tries = 200)
    void whatIsWrittenComesBack(@ForAll @LongRange(min = 0, max = 1L << 40) long seed) {
        List<Entry> entries = entries(seed);
        List<Entry> read = read(write(entries));
        assertThat(read).isEqualTo(entries);
    }

    @Test
    void theHeaderComesBack() {
        ManifestHeader header = new ManifestHeader(
                LABEL,
                Optional.of(Label.parse("20261120-203000F").orElseThrow()),
                List.of(LABEL, Label.parse("20261120-203000F").orElseThrow()),
                -5L,
                90_624,
                TinyRepository.START,
                TinyRepository.STOP,
                -1,
                -1,
                32_768,
                1 << 30,
                true,
                List.of(
                        new ManifestHeader.Tablespace(
                                0xFFFF_FFFFL, "fast \"x\"", Optional.of(PathName.of(new byte[] {'/', (byte) 0xFF}))),
                        new ManifestHeader.Tablespace(16_400, "in place", Optional.empty())),
                List.of(new ManifestHeader.Database(0xFFFF_FFFEL, "große\nDatenbank")),
                Map.of("jobs", "2", "compress", "zstd:1"));
        MemoryStorage storage = new MemoryStorage();
        try (ManifestWriter writer = new ManifestWriter(storage.write(NAME), header)) {
            writer.finish();
        }
        try (ManifestReader reader = open(storage)) {
            assertThat(reader.header()).isEqualTo(header);
        }
    }

    @Test
    void entriesOutOfOrderAreNotWritten() {
        MemoryStorage storage = new MemoryStorage();
        try (ManifestWriter writer = new ManifestWriter(storage.write(NAME), TinyRepository.header(LABEL))) {
            writer.add(directory("base/a"));
            writer.add(directory("base/a/b"));
            assertThatThrownBy(() -> writer.add(directory("base"))).hasMessageContaining("does not follow");
            assertThatThrownBy(() -> writer.add(directory("base/a/b"))).hasMessageContaining("does not follow");
        }
    }

    @Test
    void aFolderComesRightBeforeItsContentWhateverItsNeighboursAreCalled() {
        assertThat(List.of("a-b", "a.b", "a/z", "a", "b").stream()
                        .map(PathName::of)
                        .sorted()
                        .map(PathName::toString))
                .containsExactly("a", "a/z", "a-b", "a.b", "b");
    }

    @Test
    void aManifestCutOffAtAnyByteIsAnError() {
        byte[] sound = TinyRepository.bytes(write(entries(3)), NAME);
        for (int length = 0; length < sound.length; length++) {
            MemoryStorage cut = new MemoryStorage();
            cut.create(NAME, Arrays.copyOf(sound, length));
            assertThatThrownBy(() -> read(cut))
                    .as("cut to %d of %d bytes", length, sound.length)
                    .isInstanceOfSatisfying(
                            PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED));
        }
    }

    @Test
    void bytesAfterTheTrailerAreAnError() {
        MemoryStorage storage = write(entries(3));
        byte[] sound = TinyRepository.bytes(storage, NAME);
        byte[] longer = Arrays.copyOf(sound, 2 * sound.length);
        System.arraycopy(sound, 0, longer, sound.length, sound.length);
        TinyRepository.overwrite(storage, NAME, longer);
        assertThatThrownBy(() -> read(storage)).hasMessageContaining("goes on after its trailer");
    }

    @Test
    void aFlippedBitNeverGivesOtherEntries() {
        List<Entry> entries = entries(3);
        byte[] sound = TinyRepository.bytes(write(entries), NAME);
        for (int bit = 0; bit < sound.length * 8; bit++) {
            byte[] flipped = sound.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            MemoryStorage storage = new MemoryStorage();
            storage.create(NAME, flipped);
            try {
                // Zstd's own header has a bit without meaning.
                assertThat(read(storage)).as("bit %d", bit).isEqualTo(entries);
            } catch (PgkeepException e) {
                assertThat(e.code()).as("bit %d: %s", bit, e).isIn(ErrorCode.DAMAGED, ErrorCode.TOO_NEW);
            }
        }
    }

    @Test
    void theCommitRecordKnowsItsManifestByEveryBit() {
        MemoryStorage storage = new MemoryStorage();
        TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
        ClusterStore cluster = TinyRepository.cluster(storage, clock);
        BackupRecord backup = TinyRepository.coldBackup(cluster, clock, Map.of("PG_VERSION", new byte[] {1}));
        cluster.scrubManifest(backup);
        ObjectName name = TinyRepository.only(storage, "manifest.pb.zst");
        byte[] sound = TinyRepository.bytes(storage, name);
        for (int i = 0; i < sound.length; i++) {
            TinyRepository.flip(storage, name, i);
            assertThatThrownBy(() -> cluster.scrubManifest(backup)).hasMessageContaining("is not the manifest");
            TinyRepository.overwrite(storage, name, sound);
        }
    }

    private static MemoryStorage write(List<Entry> entries) {
        MemoryStorage storage = new MemoryStorage();
        try (ManifestWriter writer = new ManifestWriter(storage.write(NAME), TinyRepository.header(LABEL))) {
            entries.forEach(writer::add);
            writer.finish();
        }
        return storage;
    }

    private static ManifestReader open(MemoryStorage storage) {
        return new ManifestReader(storage.open(NAME).orElseThrow(), storage.location(NAME));
    }

    private static List<Entry> read(MemoryStorage storage) {
        List<Entry> entries = new ArrayList<>();
        try (ManifestReader reader = open(storage)) {
            for (Optional<Entry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
                entries.add(entry.get());
            }
            assertThat(reader.next()).isEmpty();
        }
        return entries;
    }

    private static Entry directory(String path) {
        return new Entry.OfDirectory(PathName.of(path), attributes(new Random(1)));
    }

    private static List<Entry> entries(long seed) {
        Random random = new Random(seed);
        Map<PathName, Entry> entries = new TreeMap<>();
        for (int i = random.nextInt(20); i >= 0; i--) {
            PathName path = PathName.of(name(random));
            entries.put(path, entry(path, random));
        }
        return List.copyOf(entries.values());
    }

    /** Any bytes but zero; slashes as they come are not a matter of the format. */
    private static byte[] name(Random random) {
        byte[] name = new byte[1 + random.nextInt(30)];
        for (int i = 0; i < name.length; i++) {
            name[i] = (byte) (1 + random.nextInt(255));
        }
        return name;
    }

    private static Entry entry(PathName path, Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> new Entry.OfDirectory(path, attributes(random));
            case 1 -> new Entry.OfLink(path, attributes(random), PathName.of(name(random)));
            default -> file(path, random);
        };
    }

    private static Entry file(PathName path, Random random) {
        List<Extent> extents = new ArrayList<>();
        long blocks = 0;
        for (int i = random.nextInt(5); i > 0; i--) {
            int count = 1 + random.nextInt(100);
            blocks += count;
            extents.add(
                    random.nextBoolean()
                            ? Extent.zero(count)
                            : new Extent(count, 1, 1 + random.nextInt(9), random.nextInt(999), random.nextInt(28)));
        }
        long size = Math.max(0, blocks * Blocks.BYTES - random.nextInt(Blocks.BYTES));
        long[] groups = random.longs(GroupHashes.groupsOf(size)).toArray();
        return new Entry.OfFile(
                path,
                attributes(random),
                List.of(FileKind.values()).get(random.nextInt(FileKind.values().length)),
                size,
                GroupHashes.ofFile(size, groups),
                GroupHashes.kept(groups),
                extents,
                random.nextBoolean() ? List.of() : List.of(0L, 0xFFFF_FFFEL),
                random.nextBoolean() ? Optional.empty() : Optional.of(PathName.of(name(random))));
    }

    private static Attributes attributes(Random random) {
        return new Attributes(
                random.nextInt(0x1000),
                random.nextBoolean() ? "postgres" : "26",
                "dba group",
                Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000) * 1000L));
    }
}
