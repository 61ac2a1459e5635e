package org.pgkeep.repository;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.SegmentSpan;

/**
 * {@code backup.json}, the commit record: a backup exists if and only if this object does. It holds all that listings need, so
 * that {@code info} reads one small object a backup ({@code docs/formats/backup-record.md}).
 *
 * @param base the backup that it was compared with; empty for a full one
 * @param merged how it became a full one; empty where it was not merged
 * @param differential the last differential backup of its line, which may be itself: base, base's base, and so on; empty when
 *     there is none. It is written down because those between may go
 * @param comparison how it was compared
 * @param resumption attempts that it resumed; empty when there were none
 * @param references packs of other backups that hold blocks of this one
 * @param historyId which {@link ClusterRecord.History} it is of
 * @param majorVersion {@code "9.6"}, {@code "17"}
 * @param wal where the WAL comes from that it needs; a backup of a stopped server needs none
 * @param startLsn where recovery begins
 * @param stopLsn where the restored cluster is consistent
 * @param backupLabelFile text of PostgreSQL's {@code backup_label}; empty for a cold backup
 * @param tablespaceMap text of PostgreSQL's {@code tablespace_map}; empty without tablespaces
 * @param pgkeepVersion the program that wrote it
 */
public record BackupRecord(
        Label label,
        Optional<Label> base,
        Optional<Merged> merged,
        Optional<Label> differential,
        Optional<Comparison> comparison,
        Optional<Resumption> resumption,
        List<Reference> references,
        int historyId,
        long systemIdentifier,
        String majorVersion,
        BackupWal wal,
        boolean fromStandby,
        Instant started,
        Instant stopped,
        Lsn startLsn,
        Lsn stopLsn,
        int startTimeline,
        int stopTimeline,
        int segmentBytes,
        boolean checksums,
        String compression,
        Sizes sizes,
        Manifest manifest,
        List<Warning> warnings,
        String backupLabelFile,
        String tablespaceMap,
        String pgkeepVersion) {
    public BackupRecord {
        references = List.copyOf(references);
        warnings = List.copyOf(warnings);
    }

    /**
     * The last differential backup of the line that leads to a backup.
     *
     * @param base what it was compared with; empty for a full one
     */
    public static Optional<Label> differential(Label label, Optional<BackupRecord> base) {
        return label.type() == BackupType.DIFFERENTIAL && base.isPresent()
                ? Optional.of(label)
                : base.flatMap(BackupRecord::differential);
    }

    /**
     * How a backup was made a full one after its commit ({@code docs/formats/merge.md}).
     *
     * @param backups those that it made superfluous, oldest first
     */
    public record Merged(Instant at, List<Label> backups) {
        public Merged {
            backups = List.copyOf(backups);
        }
    }

    /**
     * How an incremental backup was compared with its base.
     *
     * @param way how changes were found, in the words of the option {@code changes}
     * @param readBlocks blocks of 8 KiB that were read
     * @param storedBlocks those of them that were stored
     */
    public record Comparison(String way, long readBlocks, long storedBlocks) {}

    /**
     * What a backup took over from attempts that were cut off.
     *
     * @param attempts the labels that they had, oldest first
     * @param foundBlocks blocks of 8 KiB that it refers to instead of storing them again
     */
    public record Resumption(List<Label> attempts, long foundBlocks) {
        public Resumption {
            attempts = List.copyOf(attempts);
        }
    }

    /**
     * Packs of another backup that must stay while this one exists.
     *
     * @param label whose packs they are
     */
    public record Reference(Label label, PackNumbers packs) {
        /** One text instead of an object: a record may have hundreds, and listings read thousands of records. */
        String print() {
            return label + " " + packs.print();
        }

        static Optional<Reference> parse(String text) {
            int blank = text.indexOf(' ');
            if (blank < 0) {
                return Optional.empty();
            }
            Optional<Label> label = Label.parse(text.substring(0, blank));
            Optional<PackNumbers> packs = PackNumbers.parse(text, blank + 1);
            return label.isPresent() && packs.isPresent()
                    ? Optional.of(new Reference(label.get(), packs.get()))
                    : Optional.empty();
        }
    }

    /**
     * How much it is.
     *
     * @param files regular files
     * @param clusterBytes sum of their sizes
     * @param storedBytes bytes this backup added to the repository
     * @param packBytes length of each pack that it wrote, from number 1; 0 for a number that none has
     */
    public record Sizes(long files, long clusterBytes, long storedBytes, List<Long> packBytes) {
        public Sizes {
            packBytes = List.copyOf(packBytes);
        }

        /** As long as nothing is known of what is stored. */
        public static Sizes ofCluster(long files, long clusterBytes) {
            return new Sizes(files, clusterBytes, 0, List.of());
        }

        /** How many packs it wrote. */
        public int packs() {
            return packNumbers().count();
        }

        /** The packs it wrote. */
        public PackNumbers packNumbers() {
            PackNumbers numbers = new PackNumbers();
            for (int i = 0; i < packBytes.size(); i++) {
                if (packBytes.get(i) > 0) {
                    numbers.add(i + 1);
                }
            }
            return numbers;
        }
    }

    /**
     * The manifest that belongs to it.
     *
     * @param storedBytes length of the object
     * @param hash XXH3-64 of the object
     */
    public record Manifest(long storedBytes, long hash) {}

    /**
     * Something that a person must know.
     *
     * @param path the file it is about
     * @param pages numbers of its pages whose check failed, the first {@value #PAGES_MAX} of them; empty when the warning is of another kind, or
     *     too many others have them
     * @param message the whole story in a sentence
     */
    public record Warning(String path, List<Long> pages, String message) {
        /** Of more pages only the manifest tells. */
        public static final int PAGES_MAX = 1_000;

        public Warning {
            pages = List.copyOf(pages);
        }
    }

    /** What it is: what its label says, or a full one since it was merged. */
    public BackupType type() {
        return merged.isPresent() ? BackupType.FULL : label.type();
    }

    /** Whether the server ran. */
    public boolean online() {
        return wal.isOnline();
    }

    /** Whether the archive must have WAL from its start to its end: the server ran, and the backup does not have it itself. */
    public boolean needsArchive() {
        return wal.isArchived();
    }

    /** The first segment that recovery reads; empty for a cold backup. */
    public Optional<SegmentName> firstSegment() {
        return online() ? Optional.of(SegmentName.holding(startTimeline, startLsn, segmentBytes)) : Optional.empty();
    }

    /** The last segment that the backup needs to be consistent; empty for a cold backup. */
    public Optional<SegmentName> lastSegment() {
        return online()
                ? Optional.of(SegmentName.holdingBefore(stopTimeline, stopLsn, segmentBytes))
                : Optional.empty();
    }

    /** The WAL that it needs to be consistent, wherever that is; empty for a cold backup. */
    public Optional<SegmentSpan> span() {
        return firstSegment().map(first -> new SegmentSpan(first, lastSegment().orElseThrow(), segmentBytes));
    }

    /** The same backup without what can be long, for lists of thousands: references, warnings, PostgreSQL's own files. */
    public BackupRecord brief() {
        return with(historyId, base, merged, differential, List.of(), sizes, manifest, List.of(), "", "");
    }

    /** The same backup with the facts that only its writer knows. */
    BackupRecord with(Sizes newSizes, Manifest newManifest) {
        return with(
                historyId,
                base,
                merged,
                differential,
                references,
                newSizes,
                newManifest,
                warnings,
                backupLabelFile,
                tablespaceMap);
    }

    /**
     * The same backup in another repository.
     *
     * @param id the number that its database cluster has there
     */
    BackupRecord copy(int id, Sizes newSizes) {
        return with(
                id,
                base,
                merged,
                differential,
                references,
                newSizes,
                manifest,
                warnings,
                backupLabelFile,
                tablespaceMap);
    }

    /** The same backup as a full one. */
    BackupRecord merged(Merged how) {
        return with(
                historyId,
                Optional.empty(),
                Optional.of(how),
                Optional.empty(),
                references,
                sizes,
                manifest,
                warnings,
                backupLabelFile,
                tablespaceMap);
    }

    private BackupRecord with(
            int newHistoryId,
            Optional<Label> newBase,
            Optional<Merged> newMerged,
            Optional<Label> newDifferential,
            List<Reference> newReferences,
            Sizes newSizes,
            Manifest newManifest,
            List<Warning> newWarnings,
            String newBackupLabelFile,
            String newTablespaceMap) {
        return new BackupRecord(
                label,
                newBase,
                newMerged,
                newDifferential,
                comparison,
                resumption,
                newReferences,
                newHistoryId,
                systemIdentifier,
                majorVersion,
                wal,
                fromStandby,
                started,
                stopped,
                startLsn,
                stopLsn,
                startTimeline,
                stopTimeline,
                segmentBytes,
                checksums,
                compression,
                newSizes,
                newManifest,
                newWarnings,
                newBackupLabelFile,
                newTablespaceMap,
                pgkeepVersion);
    }

    byte[] print() {
        return BackupRecordFormat.print(this);
    }

    static BackupRecord parse(byte[] bytes, String location) {
        return BackupRecordFormat.parse(bytes, location, new KnownReferences());
    }
}
