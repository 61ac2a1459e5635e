package org.pgkeep.repository;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.storage.ObjectName;

/**
 * The names and records of a repository after years of work, without its data: a full backup a week, an incremental one an hour, each of
 * which names packs of all since the full one, WAL between them, a failover after three quarters, and WAL that got lost in
 * two places. What listings read is as a real one's; packs and segments are holes of the right length.
 */
public final class LargeRepository {
    /** Backups from one full one to the next. */
    private static final int CHAIN = 168;

    private static final Duration INTERVAL = Duration.ofHours(1);
    private static final Instant BEGIN = Instant.parse("2025-01-01T00:00:00Z");
    private static final int SEGMENT_BYTES = 16 << 20;
    private static final int COMPRESSED_BYTES = 3 << 20;
    private static final int PACK_BYTES = 64 << 20;
    private static final int PACKS_OF_FULL = 20;

    private final int backups;
    private final int segments;
    private final Sink sink;
    private final BackupNames names = new BackupNames(TinyRepository.MAIN);

    /** With so many backups and segments. */
    public LargeRepository(int backups, int segments, Sink sink) {
        this.backups = backups;
        this.segments = segments;
        this.sink = sink;
    }

    /** Takes the objects. */
    public interface Sink {
        /**
         * An object.
         *
         * @param content its beginning
         * @param bytes its length; zeros follow the content
         * @param modified when it was committed
         */
        void put(ObjectName name, byte[] content, long bytes, Instant modified);
    }

    /** Makes all. */
    public void make() {
        put(new ObjectName("repository.json"), new RepositoryRecord("large", BEGIN, Optional.empty()).print(), BEGIN);
        ClusterRecord.History history =
                new ClusterRecord.History(1, TinyRepository.SYSTEM_IDENTIFIER, TinyRepository.VERSION.text(), BEGIN);
        put(names.clusterRecord(), new ClusterRecord(List.of(history)).print(), BEGIN);
        for (int i = 0; i < segments; i++) {
            if (!isLost(i)) {
                putSegment(i);
            }
        }
        TimelineHistory second = new TimelineHistory(
                2,
                List.of(new TimelineHistory.Ancestor(
                        1, start(failover()).plus(12_345), "no recovery target specified")));
        byte[] text = second.print().getBytes(StandardCharsets.US_ASCII);
        put(ObjectName.of(names.wal(1), TimelineHistory.fileName(2) + "-" + hash(text)), text, archived(failover()));
        List<BackupRecord> chain = new ArrayList<>();
        for (int i = 0; i < backups; i++) {
            if (i % CHAIN == 0) {
                chain.clear();
            }
            chain.add(putBackup(i, chain));
        }
    }

    /** The segment in which the second timeline begins. */
    private int failover() {
        return segments / 4 * 3;
    }

    private boolean isLost(int i) {
        boolean many = i > segments / 10 && i <= segments / 10 + segments / 1000;
        return many || i == segments / 2;
    }

    private void put(ObjectName name, byte[] content, Instant modified) {
        sink.put(name, content, content.length, modified);
    }

    private void putSegment(int i) {
        SegmentName name = SegmentName.holding(i < failover() ? 1 : 2, start(i), SEGMENT_BYTES);
        String hash = Xxh3.hex16(i * 0x9E37_79B9_7F4A_7C15L) + Xxh3.hex16(i * 0xC2B2_AE3D_27D4_EB4FL);
        ObjectName object = ObjectName.of(names.wal(1) + "/" + name.folder(), name + "-" + hash);
        // The first of a folder has its header; of the others, an empty file is long enough.
        byte[] header = name.low() <= 1
                ? TinyRepository.header(name, TinyRepository.SYSTEM_IDENTIFIER, SEGMENT_BYTES)
                : new byte[0];
        sink.put(object, header, COMPRESSED_BYTES, archived(i));
    }

    private static Lsn start(long segment) {
        return new Lsn((segment + 1) * SEGMENT_BYTES);
    }

    private Instant archived(long segment) {
        return BEGIN.plus(INTERVAL.multipliedBy(segment * backups / segments))
                .plusSeconds(segment * backups % segments * INTERVAL.toSeconds() / segments);
    }

    private static String hash(byte[] content) {
        Xxh3.Stream128 hash = Xxh3.stream128();
        hash.put(content, 0, content.length);
        return hash.hex();
    }

    private BackupRecord putBackup(int i, List<BackupRecord> chain) {
        int first = (int) ((long) i * segments / backups);
        Instant started = archived(first);
        Label label = Label.of(started, chain.isEmpty() ? BackupType.FULL : BackupType.INCREMENTAL);
        int packs = chain.isEmpty() ? PACKS_OF_FULL : 1;
        BackupRecord record = record(label, started, start(first), first < failover() ? 1 : 2, packs, chain);
        put(names.backup(label), record.print(), record.stopped());
        sink.put(names.manifest(label), new byte[0], record.manifest().storedBytes(), record.stopped());
        for (int pack = 1; pack <= packs; pack++) {
            sink.put(names.pack(label, pack), new byte[0], PACK_BYTES, record.stopped());
        }
        return record;
    }

    private static BackupRecord record(
            Label label, Instant started, Lsn start, int timeline, int packs, List<BackupRecord> chain) {
        return new BackupRecord(
                label,
                chain.isEmpty() ? Optional.empty() : Optional.of(chain.getLast().label()),
                Optional.empty(),
                Optional.empty(),
                chain.isEmpty() ? Optional.empty() : Optional.of(new BackupRecord.Comparison("summary", 20_000, 8_000)),
                Optional.empty(),
                chain.stream().map(LargeRepository::reference).toList(),
                1,
                TinyRepository.SYSTEM_IDENTIFIER,
                TinyRepository.VERSION.text(),
                BackupWal.ARCHIVE,
                false,
                started,
                started.plusSeconds(90),
                start.plus(40),
                start.plus(SEGMENT_BYTES + 312L),
                timeline,
                timeline,
                SEGMENT_BYTES,
                true,
                "zstd:1",
                new BackupRecord.Sizes(
                        1_500, 5_000_000_000L, (long) packs * PACK_BYTES + 100_000, Collections.nCopies(packs, (long)
                                PACK_BYTES)),
                new BackupRecord.Manifest(100_000, 0x0123_4567_89AB_CDEFL),
                List.of(),
                """
                START WAL LOCATION: %s (file %s)
                CHECKPOINT LOCATION: %s
                BACKUP METHOD: streamed
                BACKUP FROM: primary
                START TIME: %s
                LABEL: pgkeep
                START TIMELINE: %d
                """.formatted(
                        start, SegmentName.holding(timeline, start, SEGMENT_BYTES), start.plus(96), started, timeline),
                "",
                "0.1.0");
    }

    private static BackupRecord.Reference reference(BackupRecord earlier) {
        return new BackupRecord.Reference(earlier.label(), earlier.sizes().packNumbers());
    }

    /** Makes one in the directory that the first argument names, with as many backups and segments as the others say. */
    public static void main(String[] arguments) {
        Path root = Path.of(arguments[0]);
        new LargeRepository(
                        Integer.parseInt(arguments[1]),
                        Integer.parseInt(arguments[2]),
                        (name, content, bytes, modified) -> write(root.resolve(name.value()), content, bytes, modified))
                .make();
    }

    private static void write(Path file, byte[] content, long bytes, Instant modified) {
        try {
            Path folder = Objects.requireNonNull(file.getParent());
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder);
            }
            try (RandomAccessFile target = new RandomAccessFile(file.toFile(), "rw")) {
                target.write(content);
                target.setLength(bytes);
            }
            Files.setLastModifiedTime(file, FileTime.from(modified));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
