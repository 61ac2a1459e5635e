package org.pgkeep.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.WalArchive;
import org.pgkeep.storage.ObjectInfo;

/**
 * The moments to which a backup can be brought, on the timeline on which it was taken.
 *
 * @param from its end: nothing earlier can be reached with it
 * @param fromLsn the same place in the WAL
 * @param to when the last segment of the unbroken run was archived; empty when the WAL that it needs itself is incomplete, or when it
 *     needs none and none follows
 * @param toLsn the end of that segment
 * @param complete whether all WAL is there that the backup needs to be consistent
 */
public record RecoveryWindow(
        Label backup,
        int timeline,
        Instant from,
        Lsn fromLsn,
        Optional<Instant> to,
        Optional<Lsn> toLsn,
        boolean complete) {

    static List<RecoveryWindow> of(ClusterStore cluster, List<BackupRecord> backups, List<WalRange> ranges) {
        List<RecoveryWindow> windows = new ArrayList<>();
        for (BackupRecord backup : backups) {
            windows.add(of(cluster, backup, ranges));
        }
        return windows;
    }

    private static RecoveryWindow of(ClusterStore cluster, BackupRecord backup, List<WalRange> ranges) {
        SegmentName start = backup.firstSegment()
                .orElseGet(() -> SegmentName.holding(backup.startTimeline(), backup.stopLsn(), backup.segmentBytes()));
        Optional<SegmentName> last = ranges.stream()
                .filter(range -> range.historyId() == backup.historyId() && range.timeline() == backup.startTimeline())
                .findFirst()
                .flatMap(range -> range.unbrokenFrom(start));
        boolean complete = backup.lastSegment()
                .map(needed -> last.isPresent() && needed.compareTo(last.get()) <= 0)
                .orElse(true);
        Optional<SegmentName> reached = last.filter(_ -> complete);
        WalArchive wal = cluster.wal(backup.historyId());
        return new RecoveryWindow(
                backup.label(),
                backup.stopTimeline(),
                backup.stopped(),
                backup.stopLsn(),
                reached.flatMap(segment -> archivedAt(wal, segment)),
                reached.map(segment -> segment.start(backup.segmentBytes()).plus(backup.segmentBytes())),
                complete);
    }

    private static Optional<Instant> archivedAt(WalArchive wal, SegmentName segment) {
        try {
            return wal.find(segment.toString()).flatMap(wal::info).map(ObjectInfo::modified);
        } catch (PgkeepException e) {
            if (e.code() == ErrorCode.CONFLICT) {
                // Two contents under one name: nothing can be recovered through it before that is settled.
                return Optional.empty();
            }
            throw e;
        }
    }
}
