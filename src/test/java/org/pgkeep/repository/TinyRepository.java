package org.pgkeep.repository;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.pgkeep.codec.Compression;
import org.pgkeep.codec.seal.Argon2id;
import org.pgkeep.codec.seal.Secret;
import org.pgkeep.postgres.FileKind;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.WalHeader;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.Storage;

/** Makes small repositories through the room's own doors, without a PostgreSQL. */
public final class TinyRepository {
    /** The cluster's. */
    public static final long SYSTEM_IDENTIFIER = 0x6f00_0000_0000_0001L;

    /** Its version. */
    public static final MajorVersion VERSION = MajorVersion.V17;

    /** Its WAL segments: the smallest that PostgreSQL makes. */
    public static final int SEGMENT_BYTES = 1 << 20;

    /** Its name. */
    public static final ClusterName MAIN = new ClusterName("main");

    /** Who works in it. */
    public static final Owner OWNER = new Owner("dbhost", 4711, "00000000-0000-0000-0000-000000000001");

    /** Where backups begin and end in the WAL. */
    public static final Lsn START = new Lsn(0x30_0028L);

    public static final Lsn STOP = new Lsn(0x40_0100L);

    static final Attributes ATTRIBUTES =
            new Attributes(0600, "postgres", "postgres", Instant.parse("2026-11-21T20:00:00.123456Z"));

    private TinyRepository() {}

    /** A clock that stands until it is moved. */
    public static final class StandingClock implements InstantSource {
        private volatile Instant now;

        /** Stands there. */
        public StandingClock(String now) {
            this.now = Instant.parse(now);
        }

        @Override
        public Instant instant() {
            return now;
        }

        /** Moves it, also backwards. */
        public void move(long seconds) {
            now = now.plusSeconds(seconds);
        }
    }

    /** The cluster, registered in a repository that is made if needed. */
    public static ClusterStore cluster(Storage storage, InstantSource clock) {
        return Repository.openOrCreate(storage, clock).register(MAIN, SYSTEM_IDENTIFIER, VERSION.text());
    }

    /** What opens the sealed ones; cheap to try. */
    public static final Secret SECRET =
            Secret.Passphrase.of("correct horse battery staple", "a test").stretched(new Argon2id(64, 1, 1));

    /** The cluster, registered in a new sealed repository. */
    public static ClusterStore sealedCluster(Storage storage, InstantSource clock) {
        return Repository.createSealed(storage, clock, SECRET, "test")
                .register(MAIN, SYSTEM_IDENTIFIER, VERSION.text());
    }

    /** A full backup of these files, taken offline. */
    public static BackupRecord coldBackup(ClusterStore cluster, InstantSource clock, Map<String, byte[]> files) {
        return backup(cluster, clock, files, false, Compression.DEFAULT);
    }

    /** A full backup of these files. */
    public static BackupRecord backup(
            ClusterStore cluster,
            InstantSource clock,
            Map<String, byte[]> files,
            boolean online,
            Compression compression) {
        try (BackupWriter writer = cluster.begin(BackupType.FULL, OWNER)) {
            store(writer, files, compression);
            return commit(writer, clock, files, online, compression);
        }
    }

    /** An online incremental backup: these files are its own, all others are the base's, in the base's packs. */
    public static BackupRecord incremental(
            ClusterStore cluster, InstantSource clock, Label base, Map<String, byte[]> own) {
        try (BackupWriter writer = cluster.begin(BackupType.INCREMENTAL, OWNER)) {
            Map<PathName, Entry> entries = new TreeMap<>();
            List<Label> sources = new ArrayList<>(List.of(writer.label()));
            try (ManifestReader manifest = cluster.manifest(base)) {
                sources.addAll(manifest.header().sources());
                for (Optional<Entry> entry = manifest.next(); entry.isPresent(); entry = manifest.next()) {
                    if (entry.get() instanceof Entry.OfFile file) {
                        entries.put(file.path(), ofBase(file));
                    }
                }
            }
            pack(writer, own, Compression.DEFAULT).forEach(entry -> entries.put(entry.path(), entry));
            try (ManifestWriter manifest = writer.manifest(header(writer.label(), Optional.of(base), sources))) {
                entries.values().forEach(manifest::add);
                manifest.finish();
            }
            return writer.commit(
                    record(writer.label(), Optional.of(base), clock, entries.size(), 0, true, Compression.DEFAULT));
        }
    }

    private static Entry.OfFile ofBase(Entry.OfFile file) {
        List<Extent> extents = file.extents().stream()
                .map(extent -> extent.isZero()
                        ? extent
                        : new Extent(
                                extent.blocks(),
                                extent.source() + 1,
                                extent.pack(),
                                extent.frame(),
                                extent.firstBlock()))
                .toList();
        return new Entry.OfFile(
                file.path(),
                file.attributes(),
                file.kind(),
                file.sizeBytes(),
                file.hash(),
                file.groups(),
                extents,
                file.badBlocks(),
                file.link());
    }

    /** Puts a cluster record in place that knows another history than the backups and the WAL have. */
    public static void putBackClusterRecord(Storage storage) {
        ClusterRecord other = new ClusterRecord(
                List.of(new ClusterRecord.History(2, SYSTEM_IDENTIFIER, VERSION.text(), Instant.EPOCH)));
        overwrite(storage, new ObjectName("clusters/main/cluster.json"), other.print());
    }

    /** Stores packs and manifest, and commits nothing. */
    public static void store(BackupWriter writer, Map<String, byte[]> files) {
        store(writer, files, Compression.DEFAULT);
    }

    private static void store(BackupWriter writer, Map<String, byte[]> files, Compression compression) {
        List<Entry> entries = pack(writer, files, compression);
        try (ManifestWriter manifest = writer.manifest(header(writer.label()))) {
            entries.forEach(manifest::add);
            manifest.finish();
        }
    }

    /** Commits what was stored. */
    static BackupRecord commit(BackupWriter writer, InstantSource clock, Map<String, byte[]> files) {
        return commit(writer, clock, files, false, Compression.DEFAULT);
    }

    private static BackupRecord commit(
            BackupWriter writer,
            InstantSource clock,
            Map<String, byte[]> files,
            boolean online,
            Compression compression) {
        long bytes =
                files.values().stream().mapToLong(content -> content.length).sum();
        return writer.commit(record(writer.label(), clock, files.size(), bytes, online, compression));
    }

    /** Commits a backup that refers to all of an attempt's files, and stores none itself. */
    static BackupRecord commitResumed(BackupWriter writer, InstantSource clock, Label attempt, List<Entry> files) {
        try (ManifestWriter manifest =
                writer.manifest(header(writer.label(), Optional.empty(), List.of(writer.label(), attempt)))) {
            files.forEach(file -> manifest.add(ofBase((Entry.OfFile) file)));
            manifest.finish();
        }
        PackNumbers packs = PackNumbers.parse("1").orElseThrow();
        return writer.commit(record(
                writer.label(),
                Optional.empty(),
                List.of(new BackupRecord.Reference(attempt, packs)),
                clock,
                files.size(),
                0,
                false,
                Compression.DEFAULT));
    }

    /** Stores these files in packs. */
    static List<Entry> pack(BackupWriter writer, Map<String, byte[]> files, Compression compression) {
        Map<PathName, byte[]> sorted = new TreeMap<>();
        files.forEach((path, content) -> sorted.put(PathName.of(path), content));
        List<Entry> entries = new ArrayList<>();
        try (PackAppender appender = writer.appender(compression, 1 << 20)) {
            sorted.forEach((path, content) -> entries.add(file(appender, path, content)));
            appender.finish();
        }
        return entries;
    }

    /** Appends one file, and gives its manifest entry. */
    static Entry.OfFile file(PackAppender appender, PathName path, byte[] content) {
        List<Extent> extents = new ArrayList<>();
        long[] groups = new long[GroupHashes.groupsOf(content.length)];
        int group = Blocks.BYTES * Blocks.PER_GROUP;
        for (int at = 0; at < content.length; at += group) {
            int length = Math.min(group, content.length - at);
            int blocks = (int) Blocks.count(length);
            appender.ensureRoom(blocks);
            int used = appender.usedBytes();
            Arrays.fill(appender.buffer(), used, used + blocks * Blocks.BYTES, (byte) 0);
            System.arraycopy(content, at, appender.buffer(), used, length);
            long[] hashes = appender.take(path, at / Blocks.BYTES, blocks, new Extents(extents));
            groups[at / group] = Blocks.groupHash(hashes, 0, blocks);
        }
        return new Entry.OfFile(
                path,
                ATTRIBUTES,
                FileKind.ofPath(path.latin1()),
                content.length,
                GroupHashes.ofFile(content.length, groups),
                GroupHashes.kept(groups),
                extents,
                List.of(),
                Optional.empty());
    }

    private record Extents(List<Extent> target) implements PackAppender.Placement {
        @Override
        public void zero(long firstBlock, int blocks) {
            target.add(Extent.zero(blocks));
        }

        @Override
        public void stored(long firstBlock, int blocks, int pack, int frame, int firstInFrame) {
            target.add(new Extent(blocks, 1, pack, frame, firstInFrame));
        }
    }

    /** What a manifest of such a backup says first. */
    static ManifestHeader header(Label label) {
        return header(label, Optional.empty(), List.of(label));
    }

    private static ManifestHeader header(Label label, Optional<Label> base, List<Label> sources) {
        return new ManifestHeader(
                label,
                base,
                sources,
                SYSTEM_IDENTIFIER,
                170_006,
                START,
                STOP,
                1,
                1,
                8192,
                SEGMENT_BYTES,
                false,
                List.of(),
                List.of(new ManifestHeader.Database(5, "postgres")),
                Map.of("jobs", "1"));
    }

    /** The record of a cold backup without files. */
    public static BackupRecord coldRecord(Label label, InstantSource clock) {
        return record(label, clock, 0, 0, false, Compression.DEFAULT);
    }

    static BackupRecord record(
            Label label, InstantSource clock, long files, long bytes, boolean online, Compression compression) {
        return record(label, Optional.empty(), clock, files, bytes, online, compression);
    }

    private static BackupRecord record(
            Label label,
            Optional<Label> base,
            InstantSource clock,
            long files,
            long bytes,
            boolean online,
            Compression compression) {
        return record(label, base, List.of(), clock, files, bytes, online, compression);
    }

    private static BackupRecord record(
            Label label,
            Optional<Label> base,
            List<BackupRecord.Reference> references,
            InstantSource clock,
            long files,
            long bytes,
            boolean online,
            Compression compression) {
        return new BackupRecord(
                label,
                base,
                Optional.empty(),
                Optional.empty(),
                base.map(_ -> new BackupRecord.Comparison("full", 1, 1)),
                Optional.empty(),
                references,
                1,
                SYSTEM_IDENTIFIER,
                VERSION.text(),
                online ? BackupWal.ARCHIVE : BackupWal.NONE,
                false,
                clock.instant(),
                clock.instant(),
                START,
                STOP,
                1,
                1,
                SEGMENT_BYTES,
                false,
                compression.toString(),
                BackupRecord.Sizes.ofCluster(files, bytes),
                new BackupRecord.Manifest(0, 0),
                List.of(),
                online ? "START WAL LOCATION: " + START + " (file 000000010000000000000003)\n" : "",
                "",
                "0.1.0");
    }

    /** Some files: empty, small, with holes, bigger than a frame; the same for the same seed. */
    public static Map<String, byte[]> files(long seed) {
        Random random = new Random(seed);
        Map<String, byte[]> files = new TreeMap<>();
        files.put("PG_VERSION", "17\n".getBytes(StandardCharsets.US_ASCII));
        files.put("base/5/2619", pages(random, 3));
        byte[] holes = new byte[40 * Blocks.BYTES];
        System.arraycopy(pages(random, 5), 0, holes, 7 * Blocks.BYTES, 5 * Blocks.BYTES);
        files.put("base/5/16384", holes);
        files.put("base/5/16385", pages(random, 150));
        files.put("pg_stat/notes", random(random, 9 * Blocks.BYTES + 17));
        files.put("global/pg_control", random(random, 8192));
        files.put("pg_xact/0000", new byte[0]);
        return files;
    }

    /** Pages without checksums that PostgreSQL would accept. */
    private static byte[] pages(Random random, int count) {
        byte[] bytes = random(random, count * Blocks.BYTES);
        ByteBuffer pages = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < bytes.length; at += Blocks.BYTES) {
            // pd_flags, pd_lower, pd_upper, pd_special
            pages.putShort(at + 10, (short) 0).putShort(at + 12, (short) 28);
            pages.putShort(at + 14, (short) 8000).putShort(at + 16, (short) 8192);
        }
        return bytes;
    }

    private static byte[] random(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** A WAL segment of the cluster. */
    public static byte[] segment(String name, long seed) {
        return segment(name, seed, SYSTEM_IDENTIFIER);
    }

    /** A WAL segment of a cluster. */
    public static byte[] segment(String name, long seed, long systemIdentifier) {
        SegmentName segment = SegmentName.parse(name).orElseThrow();
        ByteBuffer bytes = ByteBuffer.wrap(random(new Random(seed), SEGMENT_BYTES));
        // Most of a segment compresses well.
        Arrays.fill(bytes.array(), 1000, SEGMENT_BYTES, (byte) seed);
        return bytes.put(0, header(segment, systemIdentifier, SEGMENT_BYTES)).array();
    }

    /** How a WAL segment begins. */
    static byte[] header(SegmentName segment, long systemIdentifier, int segmentBytes) {
        ByteBuffer bytes = ByteBuffer.allocate(WalHeader.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putShort((short) VERSION.walMagic()).putShort((short) 2).putInt(segment.timeline());
        bytes.putLong(segment.start(segmentBytes).value()).putInt(0).putInt(0);
        return bytes.putLong(systemIdentifier).putInt(segmentBytes).putInt(8192).array();
    }

    /** Every object's name, in order. */
    public static List<ObjectName> names(Storage storage) {
        try (Stream<ObjectInfo> objects = storage.list("")) {
            return objects.map(ObjectInfo::name).toList();
        }
    }

    /** The one object whose name ends so. */
    public static ObjectName only(Storage storage, String end) {
        List<ObjectName> found = names(storage).stream()
                .filter(name -> name.value().endsWith(end))
                .toList();
        if (found.size() != 1) {
            throw new AssertionError("objects that end in " + end + ": " + found);
        }
        return found.getFirst();
    }

    /** An object's bytes. */
    public static byte[] bytes(Storage storage, ObjectName name) {
        try (ObjectReader reader = storage.open(name).orElseThrow()) {
            byte[] bytes = new byte[(int) reader.size()];
            reader.read(0, ByteBuffer.wrap(bytes));
            return bytes;
        }
    }

    /** Puts other bytes in an object's place, as damage does. */
    public static void overwrite(Storage storage, ObjectName name, byte[] bytes) {
        storage.delete(name);
        storage.create(name, bytes);
    }

    /** A record that begins so, with the hash that it must have. */
    public static byte[] record(String begin) {
        String end = ",\n  \"hash\" : \"" + RecordEnvelope.NO_HASH + "\"\n}\n";
        return RecordEnvelope.seal((begin + end).getBytes(StandardCharsets.UTF_8));
    }

    /** Flips one bit of an object. */
    public static void flip(Storage storage, ObjectName name, int at) {
        byte[] bytes = bytes(storage, name);
        bytes[at] ^= 1;
        overwrite(storage, name, bytes);
    }

    /** Copies every object. */
    public static void copy(Storage source, Storage target) {
        names(source).forEach(name -> target.create(name, bytes(source, name)));
    }

    /** The content of a file of a backup, read as a restore does. */
    public static byte[] read(ClusterStore cluster, Label label, String path) {
        try (ManifestReader manifest = cluster.manifest(label)) {
            for (Optional<Entry> entry = manifest.next(); entry.isPresent(); entry = manifest.next()) {
                if (entry.get() instanceof Entry.OfFile file && file.path().equals(PathName.of(path))) {
                    return content(cluster, manifest.header().sources(), file);
                }
            }
        }
        throw new AssertionError("no file " + path);
    }

    private static byte[] content(ClusterStore cluster, List<Label> sources, Entry.OfFile file) {
        byte[] content = new byte[(int) Blocks.count(file.sizeBytes()) * Blocks.BYTES];
        int at = 0;
        for (Extent extent : file.extents()) {
            if (!extent.isZero()) {
                try (PackReader pack = cluster.pack(sources.get(extent.source() - 1), extent.pack());
                        PackReader.FrameBuffer buffer = new PackReader.FrameBuffer()) {
                    pack.read(extent.frame(), buffer);
                    int from = extent.firstBlock() * Blocks.BYTES;
                    System.arraycopy(buffer.content(), from, content, at, extent.blocks() * Blocks.BYTES);
                }
            }
            at += extent.blocks() * Blocks.BYTES;
        }
        return Arrays.copyOf(content, (int) file.sizeBytes());
    }
}
