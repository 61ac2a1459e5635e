package org.pgkeep.restore;

import java.util.List;
import java.util.Optional;
import org.pgkeep.postgres.RecoveryTimeline;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.WalArchive;

/**
 * The timelines that the archive knows, asked as PostgreSQL will ask in recovery ({@code access/transam/timeline.c},
 * {@code validateRecoveryParameters} in {@code xlogrecovery.c}).
 */
final class Timelines {
    private final WalArchive wal;

    Timelines(WalArchive wal) {
        this.wal = wal;
    }

    /** The history that recovery of this backup will follow; empty when the timeline asked for is not in the archive. */
    Optional<TimelineHistory> followed(RecoveryTimeline choice, BackupRecord backup) {
        return switch (choice) {
            case RecoveryTimeline.Current _ -> Optional.of(ofBackup(backup));
            case RecoveryTimeline.Latest _ -> Optional.of(newest(backup));
            case RecoveryTimeline.Exactly(var timeline) ->
                timeline == 1 || timeline == backup.stopTimeline()
                        ? Optional.of(historyOf(timeline))
                        : wal.history(timeline);
        };
    }

    /** The history of a timeline; empty when the archive does not have it. The first has none. */
    Optional<TimelineHistory> known(int timeline) {
        return wal.history(timeline).or(() -> timeline == 1 ? Optional.of(TimelineHistory.of(1)) : Optional.empty());
    }

    private TimelineHistory ofBackup(BackupRecord backup) {
        return historyOf(backup.stopTimeline());
    }

    /** A timeline whose history nobody archived has, for PostgreSQL, no ancestors. */
    private TimelineHistory historyOf(int timeline) {
        return wal.history(timeline).orElseGet(() -> new TimelineHistory(timeline, List.of()));
    }

    /** PostgreSQL counts up from the backup's timeline until a history file is missing ({@code findNewestTimeLine}). */
    private TimelineHistory newest(BackupRecord backup) {
        TimelineHistory newest = ofBackup(backup);
        for (Optional<TimelineHistory> next = wal.history(newest.timeline() + 1);
                next.isPresent();
                next = wal.history(newest.timeline() + 1)) {
            newest = next.get();
        }
        return newest;
    }
}
