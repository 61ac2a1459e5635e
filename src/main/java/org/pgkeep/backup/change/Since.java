package org.pgkeep.backup.change;

import java.util.ArrayList;
import java.util.List;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.TimelineHistory;

/**
 * The WAL between a base backup and a new one, along the history of the server.
 *
 * @param baseTimeline timeline on which the base's recovery begins
 * @param base where it begins
 * @param start where the new backup's recovery begins: its timeline is the history's
 */
record Since(int baseTimeline, Lsn base, Lsn start, TimelineHistory history) {
    /** A stretch of WAL on one timeline: from an LSN to before another. */
    record Stretch(int timeline, Lsn from, Lsn to) {}

    /** The stretches, oldest first; none when nothing was written between. */
    List<Stretch> stretches() {
        List<Stretch> stretches = new ArrayList<>();
        Lsn from = base;
        for (TimelineHistory.Ancestor ancestor : history.ancestors()) {
            if (Integer.compareUnsigned(ancestor.timeline(), baseTimeline) >= 0 && from.isBefore(ancestor.end())) {
                Lsn to = ancestor.end().isBefore(start) ? ancestor.end() : start;
                if (from.isBefore(to)) {
                    stretches.add(new Stretch(ancestor.timeline(), from, to));
                    from = to;
                }
            }
        }
        if (from.isBefore(start)) {
            stretches.add(new Stretch(history.timeline(), from, start));
        }
        return stretches;
    }
}
