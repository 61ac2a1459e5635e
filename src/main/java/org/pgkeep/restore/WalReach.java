package org.pgkeep.restore;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.repository.WalArchive;
import org.pgkeep.repository.WalFolder;

/**
 * How far the archived WAL leads along one history. A segment in which a timeline was left may come from either side of the
 * switch, as {@code XLogFileReadAnyTLI} takes it ({@code xlogrecovery.c}). Each folder of the archive is listed once. Of the last segment a
 * part is enough, where WAL is streamed. What was found damaged counts as missing.
 */
final class WalReach {
    private final WalArchive wal;
    private final TimelineHistory history;
    private final int segmentBytes;
    private final Map<String, Set<SegmentName>> folders = new HashMap<>();

    WalReach(WalArchive wal, TimelineHistory history, int segmentBytes) {
        this.wal = wal;
        this.history = history;
        this.segmentBytes = segmentBytes;
    }

    /** The first segment missing from the one that holds {@code from} to the one that holds {@code through}. */
    Optional<SegmentName> firstMissing(Lsn from, Lsn through) {
        for (Lsn at = from.startOfSegment(segmentBytes); at.compareTo(through) <= 0; at = at.plus(segmentBytes)) {
            Lsn last = at.plus(segmentBytes - 1L);
            if (find(at).isEmpty() && !isStreamed(at, through.isBefore(last) ? through : last)) {
                return Optional.of(SegmentName.holding(history.timelineAt(at), at, segmentBytes));
            }
        }
        return Optional.empty();
    }

    /** The last segment that follows without a gap on the one that holds {@code from}; empty when that one is missing. */
    Optional<SegmentName> lastFrom(Lsn from) {
        List<SegmentName> unbroken = unbroken(from);
        return unbroken.isEmpty() ? Optional.empty() : Optional.of(unbroken.getLast());
    }

    /** The segments from the one that holds {@code from} to the first that is missing. */
    List<SegmentName> unbroken(Lsn from) {
        List<SegmentName> unbroken = new ArrayList<>();
        Lsn at = from.startOfSegment(segmentBytes);
        for (Optional<SegmentName> next = find(at); next.isPresent(); next = find(at)) {
            unbroken.add(next.get());
            at = at.plus(segmentBytes);
        }
        if (isStreamed(at, at)) {
            unbroken.add(SegmentName.holding(history.timelineAt(at), at, segmentBytes));
        }
        return unbroken;
    }

    /** A segment of the history behind this one; empty when there is none. */
    Optional<SegmentName> anyBehind(SegmentName segment) {
        Lsn start = segment.start(segmentBytes);
        for (WalFolder folder : wal.census(Optional.empty()).folders()) {
            int last = folder.lastThere();
            if (last >= 0 && start.isBefore(folder.segment(last).start(segmentBytes))) {
                SegmentName behind = folder.segment(last);
                if (history.timelineAt(behind.start(segmentBytes)) == behind.timeline()) {
                    return Optional.of(behind);
                }
            }
        }
        return Optional.empty();
    }

    /** What the segment of this place is called where none is there: so many behind the one that holds {@code from}. */
    SegmentName expected(Lsn from, int behind) {
        Lsn at = from.startOfSegment(segmentBytes).plus((long) behind * segmentBytes);
        return SegmentName.holding(history.timelineAt(at), at, segmentBytes);
    }

    /** How many segments there are from the one that holds {@code from} to the one that holds {@code through}. */
    long count(Lsn from, Lsn through) {
        return Math.max(
                0,
                (through.startOfSegment(segmentBytes).value()
                                        - from.startOfSegment(segmentBytes).value())
                                / segmentBytes
                        + 1);
    }

    /** The segment that begins here, of the youngest timeline of the history that has it. */
    private Optional<SegmentName> find(Lsn start) {
        Lsn last = start.plus(segmentBytes - 1L);
        int youngest = history.timelineAt(last);
        int oldest = history.timelineAt(start);
        if (has(SegmentName.holding(youngest, start, segmentBytes))) {
            return Optional.of(SegmentName.holding(youngest, start, segmentBytes));
        }
        for (TimelineHistory.Ancestor ancestor : history.ancestors().reversed()) {
            boolean spans = Integer.compareUnsigned(ancestor.timeline(), youngest) < 0
                    && Integer.compareUnsigned(ancestor.timeline(), oldest) >= 0;
            SegmentName name = SegmentName.holding(ancestor.timeline(), start, segmentBytes);
            if (spans && has(name)) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }

    /** Whether what was streamed of the segment that begins here leads to the byte at this LSN, and {@code archive-get} gives it. */
    private boolean isStreamed(Lsn start, Lsn through) {
        int youngest = history.timelineAt(start.plus(segmentBytes - 1L));
        return isStreamed(youngest, start, through) || isStreamed(history.timelineAt(start), start, through);
    }

    private boolean isStreamed(int timeline, Lsn start, Lsn through) {
        Lsn end = start.plus(wal.pieces()
                .of(SegmentName.holding(timeline, start, segmentBytes))
                .end());
        return through.isBefore(end) && wal.leftAt(timeline).map(end::isBefore).orElse(true);
    }

    private boolean has(SegmentName segment) {
        return folders.computeIfAbsent(segment.folder(), _ -> wal.soundBeside(segment))
                .contains(segment);
    }
}
