package org.pgkeep.restore;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.postgres.WalHeader;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.WalArchive;

/**
 * Proves that the cluster in the target once was what the backup is of: that it lived through the backup's start, on the same timelines
 * with the same switches, and that this life is the archive's and not that of a copy which counts the same timelines.
 */
final class SharedPast {
    /** How many segments are read at most to find one that is archived. */
    private static final int WITNESSES_MAX = 64;

    private final Path wal;
    private final ControlFile control;
    private final BackupRecord backup;
    private final WalArchive archive;

    SharedPast(Path target, ControlFile control, BackupRecord backup, WalArchive archive) {
        this.wal = target.resolve(control.version().walDirectory());
        this.control = control;
        this.backup = backup;
        this.archive = archive;
    }

    /** Why the LSN of the target's pages proves nothing; empty when it does. */
    Optional<String> doubt() {
        Lsn flushed = control.checkpoint().redo();
        if (!control.state().isShutDown()) {
            return Optional.of("the cluster in the target was not shut down in order, but " + control.state());
        }
        if (!control.hasChecksums() || !backup.checksums()) {
            return Optional.of("without page checksums a page's LSN does not tell of hint bits that were set later");
        }
        if (control.layout().blockBytes() != Blocks.BYTES) {
            return Optional.of("its pages are of " + control.layout().blockBytes() + " bytes");
        }
        if (flushed.isBefore(backup.startLsn())) {
            return Optional.of("the cluster in the target ended at " + flushed + ", before the backup began at "
                    + backup.startLsn());
        }
        return pathDoubt();
    }

    private Optional<String> pathDoubt() {
        Optional<TimelineHistory> own = ownHistory();
        Optional<TimelineHistory> backups = new Timelines(archive).known(backup.startTimeline());
        if (own.isEmpty() || backups.isEmpty()) {
            int unknown = own.isEmpty() ? control.checkpoint().timeline() : backup.startTimeline();
            return Optional.of("the history of timeline " + Integer.toUnsignedString(unknown) + " is not known");
        }
        if (!passesThrough(own.get(), backups.get(), backup.startLsn())) {
            return Optional.of("timeline " + Integer.toUnsignedString(own.get().timeline())
                    + " of the cluster in the target does not pass through the backup's start, " + backup.startLsn()
                    + " on timeline " + Integer.toUnsignedString(backup.startTimeline()));
        }
        return hasArchivedWal(own.get())
                ? Optional.empty()
                : Optional.of("no WAL segment in " + wal + " from " + backup.startLsn()
                        + " on is in the archive, so that the cluster may be a copy with a life of its own");
    }

    /** Where the cluster itself says it has been; else what the archive says of its timeline. */
    private Optional<TimelineHistory> ownHistory() {
        int timeline = control.checkpoint().timeline();
        Path file = wal.resolve(TimelineHistory.fileName(timeline));
        if (!Files.exists(file)) {
            return new Timelines(archive).known(timeline);
        }
        try {
            return Optional.of(TimelineHistory.parse(timeline, Files.readString(file, StandardCharsets.UTF_8)));
        } catch (PgkeepException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + file, e);
        }
    }

    /** Whether a cluster's line leads over this LSN of another's youngest timeline: same timelines, left at the same LSNs. */
    static boolean passesThrough(TimelineHistory own, TimelineHistory other, Lsn lsn) {
        List<TimelineHistory.Ancestor> ancestors = other.ancestors();
        for (int i = 0; i < ancestors.size(); i++) {
            boolean same = i < own.ancestors().size()
                    && own.ancestors().get(i).timeline() == ancestors.get(i).timeline()
                    && own.ancestors().get(i).end().equals(ancestors.get(i).end());
            if (!same) {
                return false;
            }
        }
        // At the very end of a timeline nothing of the next has happened yet.
        return own.contains(other.timeline(), lsn) || own.containsBefore(other.timeline(), lsn);
    }

    /**
     * Whether the target holds a segment, at or after the backup's start, that was archived with the same content. WAL tells all that
     * happened, so the two lives were one up to there. Segments that wait to be reused have another name, but still their content.
     */
    private boolean hasArchivedWal(TimelineHistory own) {
        return Tree.children(wal).stream()
                .filter(file -> SegmentName.parse(file.getFileName().toString()).isPresent())
                .sorted()
                .filter(this::bearsWitness)
                .limit(WITNESSES_MAX)
                .anyMatch(file -> isArchived(file, own));
    }

    /** Whether it ends after the backup's start and before the cluster's own end: a later one may have been fetched in vain. */
    private boolean bearsWitness(Path file) {
        return begin(file)
                .map(begin -> begin.plus(segmentBytes()))
                .filter(end -> backup.startLsn().isBefore(end)
                        && !control.checkpoint().redo().isBefore(end))
                .isPresent();
    }

    private boolean isArchived(Path file, TimelineHistory own) {
        Lsn begin = begin(file).orElseThrow();
        int first = own.timelineAt(begin);
        // A segment in which a timeline was left may stand under either number.
        int last = own.timelineAt(begin.plus(segmentBytes() - 1L));
        return IntStream.of(first, last)
                .distinct()
                .mapToObj(timeline -> SegmentName.holding(timeline, begin, segmentBytes()))
                .flatMap(name -> archive.find(name.toString()).stream())
                .anyMatch(stored -> archive.isOf(stored, file));
    }

    private int segmentBytes() {
        return control.layout().walSegmentBytes();
    }

    /** LSN of the segment's first byte, as its content says; empty when it is no WAL of this cluster. */
    private Optional<Lsn> begin(Path file) {
        try (InputStream content = Files.newInputStream(file)) {
            WalHeader header = WalHeader.parse(content.readNBytes(WalHeader.BYTES), file.toString());
            boolean ours =
                    header.systemIdentifier() == control.systemIdentifier() && header.segmentBytes() == segmentBytes();
            return ours ? Optional.of(header.pageAddress()) : Optional.empty();
        } catch (PgkeepException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + file, e);
        }
    }
}
