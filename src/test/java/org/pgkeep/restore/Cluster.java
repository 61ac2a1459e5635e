package org.pgkeep.restore;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.pgkeep.codec.Compression;
import org.pgkeep.postgres.FileKind;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.repository.Attributes;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.BackupWal;
import org.pgkeep.repository.BackupWriter;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Entry;
import org.pgkeep.repository.Extent;
import org.pgkeep.repository.GroupHashes;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.ManifestHeader;
import org.pgkeep.repository.ManifestWriter;
import org.pgkeep.repository.Owner;
import org.pgkeep.repository.PackAppender;
import org.pgkeep.repository.PathName;
import org.pgkeep.repository.Repository;
import org.pgkeep.storage.Storage;

/** A made-up cluster and its repository: files are bytes in memory, backups are written as several workers would write them. */
final class Cluster {
    static final long SYSTEM_IDENTIFIER = 0x6123_4567_89AB_CDEFL;
    static final int SEGMENT_BYTES = 16 << 20;
    static final Instant MODIFIED = Instant.parse("2026-02-03T04:05:06.789012Z");

    final String version;
    final Repository repository;
    final ClusterStore store;
    final TreeMap<PathName, byte[]> files = new TreeMap<>();
    final TreeMap<PathName, PathName> fileLinks = new TreeMap<>();
    final TreeMap<PathName, Integer> directories = new TreeMap<>();
    final TreeMap<PathName, PathName> links = new TreeMap<>();
    final List<ManifestHeader.Tablespace> tablespaces = new ArrayList<>();
    final TreeMap<PathName, Integer> linkModes = new TreeMap<>();
    int controlMode = 0600;

    /** Whether the next backup names the blocks of the last one that did not change. */
    boolean incremental;

    private final List<Label> sources = new ArrayList<>();
    private final Map<PathName, byte[]> before = new HashMap<>();
    private final Map<PathName, Place[]> placesBefore = new HashMap<>();
    private final String user = System.getProperty("user.name");

    Cluster(Storage storage) {
        this(storage, "15");
    }

    Cluster(Storage storage, String version) {
        this.version = version;
        this.repository = Repository.openOrCreate(storage, Instant::now);
        this.store = repository.register(new ClusterName("main"), SYSTEM_IDENTIFIER, version);
        directory("", 0700);
        for (String name : List.of("base", "global", "pg_tblspc", "pg_wal")) {
            directory(name, 0700);
        }
        file("PG_VERSION", "15\n".getBytes(StandardCharsets.US_ASCII));
        file("global/pg_control", bytes(new Random(7), 8192));
        file("postgresql.auto.conf", "# do not edit\nwork_mem = '5MB'\n".getBytes(StandardCharsets.US_ASCII));
    }

    void directory(String path, int mode) {
        directories.put(PathName.of(path), mode);
    }

    void file(String path, byte[] content) {
        files.put(PathName.of(path), content);
    }

    /** A link; the mode is that of the directory behind it, or 0777 when there is none. */
    void link(String path, String to, int mode) {
        links.put(PathName.of(path), PathName.of(to));
        linkModes.put(PathName.of(path), mode);
    }

    void tablespace(long oid, String name, Path location) {
        PathName target = PathName.of(PathName.bytesOf(location));
        links.put(PathName.of("pg_tblspc/" + oid), target);
        tablespaces.add(new ManifestHeader.Tablespace(oid, name, Optional.of(target)));
        String version = "pg_tblspc/" + oid + "/PG_15_202209061";
        directory(version, 0700);
        directory(version + "/5", 0700);
        file(version + "/5/16384", bytes(new Random(oid), 3 * 8192));
    }

    static byte[] bytes(Random random, int length) {
        byte[] content = new byte[length];
        random.nextBytes(content);
        return content;
    }

    /** Where the backup begins and ends; {@code segments} are put into the archive. */
    record Span(String start, String stop, int timeline, Instant stopped, BackupWal wal) {
        static Span online(String start, String stop) {
            return new Span(start, stop, 1, Instant.now(), BackupWal.ARCHIVE);
        }
    }

    /** A backup whose WAL is in the archive. */
    BackupRecord backup(Path tmp) throws Exception {
        archive(tmp, "000000010000000000000002");
        return backup(Span.online("0/2000028", "0/2000100"));
    }

    void archive(Path tmp, String... names) throws Exception {
        for (String name : names) {
            archiveAs(tmp, name, name);
        }
    }

    void archiveAs(Path tmp, String name, String content) throws Exception {
        Path file = Files.writeString(tmp.resolve(name), content);
        store.wal().push(name, file, Compression.DEFAULT);
        Files.delete(file);
    }

    BackupRecord backup(Span span) {
        try (BackupWriter writer = store.begin(BackupType.FULL, Owner.ofThisProcess())) {
            if (!incremental) {
                sources.clear();
                before.clear();
            }
            sources.add(writer.label());
            Map<PathName, Entry.OfFile> stored = store(writer, new Random(files.size()));
            ManifestHeader header = header(writer, span);
            try (ManifestWriter manifest = writer.manifest(header)) {
                entries(stored).values().forEach(manifest::add);
                manifest.finish();
            }
            return writer.commit(record(writer, span));
        }
    }

    private ManifestHeader header(BackupWriter writer, Span span) {
        return new ManifestHeader(
                writer.label(),
                Optional.empty(),
                List.copyOf(sources),
                SYSTEM_IDENTIFIER,
                150_019,
                Lsn.parse(span.start),
                Lsn.parse(span.stop),
                span.timeline,
                span.timeline,
                8192,
                SEGMENT_BYTES,
                true,
                tablespaces,
                List.of(),
                Map.of());
    }

    private BackupRecord record(BackupWriter writer, Span span) {
        return new BackupRecord(
                writer.label(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                1,
                SYSTEM_IDENTIFIER,
                version,
                span.wal,
                false,
                span.stopped.minusSeconds(1),
                span.stopped,
                Lsn.parse(span.start),
                Lsn.parse(span.stop),
                span.timeline,
                span.timeline,
                SEGMENT_BYTES,
                true,
                "zstd:1",
                BackupRecord.Sizes.ofCluster(
                        files.size(),
                        files.values().stream().mapToLong(f -> f.length).sum()),
                new BackupRecord.Manifest(0, 0),
                List.of(),
                span.wal != BackupWal.NONE ? "START WAL LOCATION: " + span.start + "\n" : "",
                "",
                "test");
    }

    private Map<PathName, Entry> entries(Map<PathName, Entry.OfFile> stored) {
        TreeMap<PathName, Entry> entries = new TreeMap<>(stored);
        directories.forEach((path, mode) -> entries.put(path, new Entry.OfDirectory(path, attributes(mode))));
        links.forEach((path, to) ->
                entries.put(path, new Entry.OfLink(path, attributes(linkModes.getOrDefault(path, 0700)), to)));
        return entries;
    }

    private Attributes attributes(int mode) {
        return new Attributes(mode, user, user, MODIFIED);
    }

    /** A stretch of a file that one worker takes. */
    private record Job(PathName path, int firstBlock, int blocks) {}

    /** Three workers take jobs of up to 40 blocks in random order. */
    private Map<PathName, Entry.OfFile> store(BackupWriter writer, Random random) {
        List<Job> jobs = new ArrayList<>();
        Map<PathName, Place[]> places = new HashMap<>();
        files.forEach((path, content) -> {
            int count = (int) Blocks.count(content.length);
            places.put(path, new Place[count]);
            for (int block = 0, end; block < count; block = end) {
                end = block + 1;
                boolean isOld = isAsBefore(path, block);
                while (end < count && end < block + 40 && isAsBefore(path, end) == isOld) {
                    end++;
                }
                if (isOld) {
                    System.arraycopy(
                            Objects.requireNonNull(placesBefore.get(path)),
                            block,
                            Objects.requireNonNull(places.get(path)),
                            block,
                            end - block);
                } else {
                    jobs.add(new Job(path, block, end - block));
                }
            }
        });
        Collections.shuffle(jobs, random);
        List<PackAppender> workers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            workers.add(writer.appender(Compression.DEFAULT, 1 << 20));
        }
        for (Job job : jobs) {
            store(job, workers.get(random.nextInt(3)), Objects.requireNonNull(places.get(job.path)));
        }
        workers.forEach(worker -> {
            worker.finish();
            worker.close();
        });
        Map<PathName, Entry.OfFile> stored = new HashMap<>();
        places.forEach((path, blocks) -> stored.put(path, entry(path, blocks)));
        before.clear();
        files.forEach((path, content) -> before.put(path, content.clone()));
        placesBefore.clear();
        placesBefore.putAll(places);
        return stored;
    }

    private boolean isAsBefore(PathName path, int block) {
        byte[] old = before.get(path);
        return old != null
                && block < Blocks.count(old.length)
                && Arrays.equals(block(old, block), block(Objects.requireNonNull(files.get(path)), block));
    }

    /** With zeros behind the end. */
    private static byte[] block(byte[] content, int number) {
        int from = number * Blocks.BYTES;
        return Arrays.copyOf(
                Arrays.copyOfRange(content, from, Math.min(content.length, from + Blocks.BYTES)), Blocks.BYTES);
    }

    private void store(Job job, PackAppender worker, Place[] places) {
        byte[] content = Objects.requireNonNull(files.get(job.path));
        int from = job.firstBlock * Blocks.BYTES;
        int length = Math.min(content.length - from, job.blocks * Blocks.BYTES);
        worker.ensureRoom(job.blocks);
        ByteBuffer buffer = ByteBuffer.wrap(worker.buffer(), worker.usedBytes(), job.blocks * Blocks.BYTES);
        buffer.put(content, from, length);
        while (buffer.hasRemaining()) {
            buffer.put((byte) 0);
        }
        long[] _ = worker.take(job.path, job.firstBlock, job.blocks, new PackAppender.Placement() {
            @Override
            public void zero(long firstBlock, int blocks) {
                Arrays.fill(places, (int) firstBlock, (int) firstBlock + blocks, new Place(job, Extent.zero(1)));
            }

            @Override
            public void stored(long firstBlock, int blocks, int pack, int frame, int firstInFrame) {
                for (int i = 0; i < blocks; i++) {
                    places[(int) firstBlock + i] =
                            new Place(job, new Extent(1, sources.size(), pack, frame, firstInFrame + i));
                }
            }
        });
    }

    /** Where one block is, and what was stored together with it. */
    private record Place(Job job, Extent extent) {}

    /** Neighbours become one, if they were stored together. */
    private static List<Extent> extents(Place[] places) {
        List<Extent> extents = new ArrayList<>();
        for (int i = 0, end; i < places.length; i = end) {
            Extent first = places[i].extent;
            end = i + 1;
            while (end < places.length
                    && places[end].job.equals(places[i].job)
                    && continues(first, end - i, places[end])) {
                end++;
            }
            extents.add(new Extent(end - i, first.source(), first.pack(), first.frame(), first.firstBlock()));
        }
        return extents;
    }

    private static boolean continues(Extent first, int blocks, Place next) {
        int expected = first.isZero() ? 0 : first.firstBlock() + blocks;
        return next.extent.equals(new Extent(1, first.source(), first.pack(), first.frame(), expected));
    }

    private Entry.OfFile entry(PathName path, Place[] places) {
        byte[] content = Objects.requireNonNull(files.get(path));
        long size = content.length;
        long[] blocks = new long[(int) Blocks.count(size)];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = Blocks.hash(block(content, i), 0);
        }
        long[] groups = new long[GroupHashes.groupsOf(size)];
        for (int i = 0; i < groups.length; i++) {
            int first = i * Blocks.PER_GROUP;
            groups[i] = Blocks.groupHash(blocks, first, Math.min(Blocks.PER_GROUP, blocks.length - first));
        }
        return new Entry.OfFile(
                path,
                attributes(mode(path)),
                FileKind.ofPath(path.latin1()),
                size,
                GroupHashes.ofFile(size, groups),
                GroupHashes.kept(groups),
                extents(places),
                List.of(),
                Optional.ofNullable(fileLinks.get(path)));
    }

    int mode(PathName path) {
        if (path.equals(PathName.of("global/pg_control"))) {
            return controlMode;
        }
        return Arrays.hashCode(path.bytes()) % 2 == 0 ? 0600 : 0640;
    }
}
