package org.pgkeep.restore;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.repository.BackupRecord;

/**
 * How a restore gets to its target.
 *
 * @param history the line of timelines that recovery follows
 * @param wal the segments that recovery reads up to the target, in order; where only recovery itself finds the target in the WAL, all
 *     that follow on the backup without a gap
 * @param next the first that is not in the archive
 * @param archived when the last of these segments was archived, by the store's clock; empty without one
 * @param end whether that the WAL leads to the target is certain
 */
public record Way(
        BackupRecord backup,
        TimelineHistory history,
        List<SegmentName> wal,
        SegmentName next,
        Optional<Instant> archived,
        End end) {
    /** What is known of the end of the way. */
    public enum End {
        /** The WAL leads there. */
        REACHED,
        /** The WAL ends before the target: unless more is archived, recovery fails or ends earlier. */
        TOO_EARLY,
        /** Whether the WAL holds the transaction or the restore point, only recovery finds out. */
        UNKNOWN
    }

    public Way {
        wal = List.copyOf(wal);
    }
}
