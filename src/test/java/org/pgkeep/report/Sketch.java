package org.pgkeep.report;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.postgres.FileKind;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.repository.Attributes;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.BackupWal;
import org.pgkeep.repository.BackupWriter;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Entry;
import org.pgkeep.repository.Extent;
import org.pgkeep.repository.GroupHashes;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Lease;
import org.pgkeep.repository.Leases;
import org.pgkeep.repository.ManifestHeader;
import org.pgkeep.repository.ManifestWriter;
import org.pgkeep.repository.PathName;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.repository.WalPiece;
import org.pgkeep.repository.Work;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.memory.MemoryStorage;

/** A repository in which backups and WAL are where a test wants them, without any data. Segments have 1 MiB: {@code 0/N00000}. */
public final class Sketch {
    /** Stands at half past eight. */
    public final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");

    /** Where it is. */
    public final MemoryStorage storage = new MemoryStorage(clock);

    /** The one cluster. */
    public final ClusterStore cluster = TinyRepository.cluster(storage, clock);

    private List<Entry> entries = List.of();
    private List<BackupRecord.Warning> warnings = List.of();

    /** From now on backups have these entries. */
    public Sketch entries(Entry... other) {
        entries = List.of(other);
        return this;
    }

    /** From now on backups have these warnings. */
    public Sketch warnings(BackupRecord.Warning... other) {
        warnings = List.of(other);
        return this;
    }

    /** Archives segments of a timeline, from this number to that, now. */
    public Sketch wal(int timeline, int first, int last) {
        for (int number = first; number <= last; number++) {
            put(segment(timeline, number).toString(), ".zst", Integer.toString(number));
        }
        return this;
    }

    /** Stores what was streamed of a segment, from its beginning to this offset, now. */
    public Sketch piece(int timeline, int number, int to) {
        return put(new WalPiece(segment(timeline, number), 0, to).toString(), ".zst", "piece");
    }

    /** Archives something else under a segment's folder. */
    public Sketch put(String file, String suffix, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.US_ASCII);
        Xxh3.Stream128 hash = Xxh3.stream128();
        hash.put(bytes, 0, bytes.length);
        String folder = file.endsWith(".history") ? "" : "/" + file.substring(0, 16);
        storage.create(ObjectName.of("clusters/main/wal/1" + folder, file + "-" + hash.hex() + suffix), bytes);
        return this;
    }

    /** Archives where a timeline comes from: its parent, and the LSN at which it left that one. */
    public Sketch history(int timeline, String... lines) {
        return put(TimelineHistory.fileName(timeline), "", String.join("\tno reason\n", lines) + "\tno reason\n");
    }

    /** Takes a full backup, now. */
    public Label full(String start, String stop) {
        return backup(BackupType.FULL, 1, start, stop, Optional.empty(), BackupWal.ARCHIVE);
    }

    /** Takes an incremental backup, now. */
    public Label incremental(Label base, String start, String stop) {
        return backup(BackupType.INCREMENTAL, 1, start, stop, Optional.of(base), BackupWal.ARCHIVE);
    }

    /** Makes a backup a full one that builds on these no more, which stay, as after a merge that was cut off. */
    public void merge(Label label, Label... superfluous) {
        try (Lease lease = cluster.leases().take(Work.MERGE, TinyRepository.OWNER, Leases.Patience.NONE)) {
            BackupRecord _ = cluster.revision()
                    .merge(label, new BackupRecord.Merged(clock.instant(), List.of(superfluous)), lease);
        }
    }

    /** Takes a backup of a stopped server. */
    public Label coldBackup(int timeline, String at) {
        return backup(BackupType.FULL, timeline, at, at, Optional.empty(), BackupWal.NONE);
    }

    /** Takes a backup that holds its WAL. */
    public Label streamed(String start, String stop) {
        return backup(BackupType.FULL, 1, start, stop, Optional.empty(), BackupWal.STREAM);
    }

    private Label backup(
            BackupType type, int timeline, String start, String stop, Optional<Label> base, BackupWal wal) {
        try (BackupWriter writer = cluster.begin(type, TinyRepository.OWNER)) {
            ManifestHeader header = header(writer.label(), base);
            try (ManifestWriter manifest = writer.manifest(header)) {
                entries.forEach(manifest::add);
                manifest.finish();
            }
            Instant stopped = clock.instant();
            BackupRecord record = new BackupRecord(
                    writer.label(),
                    base,
                    Optional.empty(),
                    Optional.empty(),
                    base.map(_ -> new BackupRecord.Comparison("summary", 7, 3)),
                    base.map(of -> new BackupRecord.Resumption(List.of(of), 5)),
                    List.of(),
                    1,
                    TinyRepository.SYSTEM_IDENTIFIER,
                    "17",
                    wal,
                    false,
                    stopped.minusSeconds(90),
                    stopped,
                    Lsn.parse(start),
                    Lsn.parse(stop),
                    timeline,
                    timeline,
                    TinyRepository.SEGMENT_BYTES,
                    true,
                    "zstd:1",
                    BackupRecord.Sizes.ofCluster(1, 8192),
                    new BackupRecord.Manifest(0, 0),
                    warnings,
                    "",
                    "",
                    "test");
            return writer.commit(record).label();
        }
    }

    private static ManifestHeader header(Label label, Optional<Label> base) {
        return new ManifestHeader(
                label,
                base,
                List.of(label),
                TinyRepository.SYSTEM_IDENTIFIER,
                170_006,
                TinyRepository.START,
                TinyRepository.STOP,
                1,
                1,
                8192,
                TinyRepository.SEGMENT_BYTES,
                true,
                List.of(new ManifestHeader.Tablespace(16_390, "fast", Optional.of(PathName.of("/mnt/fast")))),
                List.of(new ManifestHeader.Database(5, "postgres")),
                Map.of("jobs", "2"));
    }

    /** A file of zeros. */
    public static Entry.OfFile file(String path, long bytes, Long... badPages) {
        int blocks = (int) ((bytes + 8191) / 8192);
        return new Entry.OfFile(
                PathName.of(path),
                new Attributes(0600, "postgres", "postgres", Instant.EPOCH),
                FileKind.ofPath(path),
                bytes,
                0,
                GroupHashes.NONE,
                blocks == 0 ? List.of() : List.of(Extent.zero(blocks)),
                List.of(badPages),
                Optional.empty());
    }

    /** The segment of this number. */
    public static SegmentName segment(int timeline, int number) {
        return SegmentName.holding(
                timeline, new Lsn((long) number * TinyRepository.SEGMENT_BYTES), TinyRepository.SEGMENT_BYTES);
    }

    /** What info says. */
    ClusterReport report() {
        return new Info(Repository.open(storage, clock), clock)
                .report(Optional.of(TinyRepository.MAIN))
                .clusters()
                .getFirst();
    }
}
