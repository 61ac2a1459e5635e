package org.pgkeep.report;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.repository.Label;

/**
 * The WAL of one timeline.
 *
 * @param historyId which {@link org.pgkeep.repository.ClusterRecord.History} it is of
 * @param segmentBytes WAL segment size
 * @param origin where it left its parent; empty for the first, and where nobody archived its history
 * @param held which segments are there; empty when none is
 * @param partial the segment that the timeline was left in the middle of
 * @param streamed how far the segment that is not complete was streamed
 * @param conflicts segments of which two contents are stored; at most {@value #LISTED_MAX}
 * @param dropped segments that are missing because they were given up; at most {@value #LISTED_MAX}
 * @param damaged segments that are there, and count as missing because they were found damaged; at most {@value #LISTED_MAX}
 * @param storedBytes what the segments take in the store; empty when that was not asked for
 * @param arrivals when they came; empty when that was not asked for, or there are none
 */
public record WalRange(
        int historyId,
        int timeline,
        int segmentBytes,
        Optional<Origin> origin,
        Optional<Held> held,
        Optional<SegmentName> partial,
        Optional<Streamed> streamed,
        List<SegmentName> conflicts,
        List<SegmentName> dropped,
        List<SegmentName> damaged,
        OptionalLong storedBytes,
        Optional<Arrivals> arrivals) {
    /** An archive with more holes is not described by a list of them. */
    static final int LISTED_MAX = 1000;

    /** What came within the last hour is recent. */
    static final Duration RECENT = Duration.ofHours(1);

    public WalRange {
        conflicts = List.copyOf(conflicts);
        dropped = List.copyOf(dropped);
        damaged = List.copyOf(damaged);
    }

    /**
     * When segments came, whoever brought them.
     *
     * @param last when the newest was stored
     * @param lastHour how many were stored within {@link #RECENT}
     */
    public record Arrivals(Instant last, long lastHour) {}

    /** Where a timeline left its parent: the first LSN that is its own. */
    public record Origin(int parent, Lsn switchPoint) {}

    /**
     * Segments that are there.
     *
     * @param segments how many
     * @param gaps what is missing between the first and the last, in order; at most {@value WalRange#LISTED_MAX}
     * @param gapCount how many gaps there are
     */
    public record Held(SegmentName first, SegmentName last, long segments, List<Gap> gaps, long gapCount) {
        public Held {
            gaps = List.copyOf(gaps);
        }
    }

    /** What is there of a segment that is not complete: from its beginning up to, and not including, an LSN. */
    public record Streamed(SegmentName segment, Lsn end) {}

    /** Segments that are not there: the first and the last of them, and how many. */
    public record Gap(SegmentName first, SegmentName last, long segments) {}

    /** Whether nothing is missing in the middle, and nothing contradicts itself. */
    public boolean isSound() {
        return conflicts.isEmpty()
                && dropped.isEmpty()
                && damaged.isEmpty()
                && held.map(there -> there.gapCount == 0).orElse(true);
    }

    /**
     * A timeline and the backups that can use it.
     *
     * @param backups taken on it, or that ended on it; oldest first
     * @param nearestBase the newest backup on its ancestors that leads to its beginning
     */
    public record WithBackups(WalRange wal, List<Label> backups, Optional<Label> nearestBase) {
        public WithBackups {
            backups = List.copyOf(backups);
        }
    }
}
