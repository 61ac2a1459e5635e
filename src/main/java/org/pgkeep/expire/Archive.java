package org.pgkeep.expire;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.pgkeep.postgres.TimelineHistory;

/**
 * The WAL of one database cluster of the name's history.
 *
 * @param current whether the name stands for it now
 * @param segmentBytes WAL segment size; empty where segments of several sizes are there
 * @param timelines ascending
 */
public record Archive(int historyId, boolean current, Optional<Integer> segmentBytes, List<OfTimeline> timelines) {
    /** The smallest that PostgreSQL makes; where sizes differ, numbers of segments are counted in it, so that each has its own. */
    static final int SEGMENT_BYTES_MIN = 1 << 20;

    public Archive {
        timelines = List.copyOf(timelines);
    }

    /**
     * The WAL of one timeline.
     *
     * @param history its history file; empty where there is none that can be read
     * @param segments complete segments
     * @param files segments of which anything is there, partial ones too
     * @param lastArchived when the last of them came; empty without any
     */
    public record OfTimeline(
            int timeline,
            Optional<TimelineHistory> history,
            Runs segments,
            Runs files,
            Optional<Instant> lastArchived) {}
}
