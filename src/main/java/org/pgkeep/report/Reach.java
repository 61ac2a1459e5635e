package org.pgkeep.report;

import java.util.Optional;
import java.util.OptionalInt;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.TimelineHistory;

/**
 * How far unbroken WAL leads along one line of descent. A segment in which a timeline was left may come from either side of the switch,
 * as recovery takes it ({@code XLogFileReadAnyTLI} in {@code access/transam/xlogrecovery.c}). Takes a step a run and a step a
 * timeline, however many segments there are.
 */
final class Reach {
    private final WalSurvey wal;
    private final TimelineHistory history;

    /** The last stretch that was gone along: backups come in order, and thousands begin in one. */
    private long begin;

    private long missing;

    Reach(WalSurvey wal, TimelineHistory history) {
        this.wal = wal;
        this.history = history;
    }

    /** The line of descent. */
    TimelineHistory history() {
        return history;
    }

    /** The number of the first segment that is missing, from this one on. */
    long firstMissingFrom(long number) {
        if (number < begin || number >= missing) {
            begin = number;
            missing = goFrom(number);
        }
        return missing;
    }

    private long goFrom(long number) {
        long at = number;
        for (OptionalInt holder = holder(at); holder.isPresent(); holder = holder(at)) {
            long endOfRun = wal.runs(holder.getAsInt()).endOfRun(at).orElseThrow();
            // What an older timeline wrote behind the switch, which lies in this segment then, is of no use.
            boolean goesOn = holder.getAsInt() == history.timelineAt(lastByte(at));
            at = goesOn ? Math.min(endOfRun, Math.max(endOfStretch(at), at + 1)) : at + 1;
        }
        return at;
    }

    /**
     * What was streamed of the segment of this number, if the line ends on its timeline: as recovery takes it, which finds its end there.
     * Empty when nothing was.
     */
    Optional<WalRange.Streamed> streamed(long number) {
        Optional<WalRange.Streamed> newest = wal.streamed(history.timeline());
        // Mostly there is nothing to ask.
        return newest.isEmpty()
                ? newest
                : newest.filter(streamed -> history.timelineAt(wal.start(number)) == history.timeline())
                        .filter(streamed -> wal.start(number).isBefore(streamed.end()))
                        .filter(streamed -> streamed.segment().equals(segment(number)));
    }

    /** The youngest timeline that could have written the segment, and of which it is there. */
    private OptionalInt holder(long number) {
        int oldest = history.timelineAt(wal.start(number));
        int youngest = history.timelineAt(lastByte(number));
        if (isThere(youngest, number)) {
            return OptionalInt.of(youngest);
        }
        for (TimelineHistory.Ancestor ancestor : history.ancestors().reversed()) {
            boolean spans = Integer.compareUnsigned(ancestor.timeline(), youngest) < 0
                    && Integer.compareUnsigned(ancestor.timeline(), oldest) >= 0;
            if (spans && isThere(ancestor.timeline(), number)) {
                return OptionalInt.of(ancestor.timeline());
            }
        }
        return OptionalInt.empty();
    }

    private boolean isThere(int timeline, long number) {
        return wal.runs(timeline).endOfRun(number).isPresent();
    }

    /** The number of the segment in which the timeline of this one was left. */
    private long endOfStretch(long number) {
        int timeline = history.timelineAt(lastByte(number));
        return history.endOf(timeline).map(wal::number).orElse(Long.MAX_VALUE);
    }

    private Lsn lastByte(long number) {
        return wal.start(number + 1).plus(-1);
    }

    /** The segment of this number; where none is there, as it would be called. */
    SegmentName segment(long number) {
        int timeline = holder(number).orElseGet(() -> history.timelineAt(wal.start(number)));
        return SegmentName.holding(timeline, wal.start(number), wal.segmentBytes());
    }

    /** What is missing from this number on, up to the next segment that is there, but not beyond a limit. */
    WalRange.Gap gapFrom(long number, long limit) {
        int timeline = history.timelineAt(wal.start(number));
        long next = Math.min(wal.runs(timeline).nextThere(number).orElse(limit), Math.min(endOfStretch(number), limit));
        long last = Math.max(number, next - 1);
        return new WalRange.Gap(segment(number), segment(last), last - number + 1);
    }

    /** Where this line and another one part: the first LSN of which they have different WAL. */
    static Lsn partingOf(TimelineHistory one, TimelineHistory other) {
        Lsn begin = Lsn.INVALID;
        for (int i = 0; ; i++) {
            if (timeline(one, i) != timeline(other, i)) {
                return begin;
            }
            Lsn end = end(one, i);
            Lsn otherEnd = end(other, i);
            if (!end.equals(otherEnd) || i == one.ancestors().size()) {
                return end.isBefore(otherEnd) ? end : otherEnd;
            }
            begin = end;
        }
    }

    private static int timeline(TimelineHistory history, int i) {
        return i < history.ancestors().size() ? history.ancestors().get(i).timeline() : history.timeline();
    }

    private static Lsn end(TimelineHistory history, int i) {
        return i < history.ancestors().size() ? history.ancestors().get(i).end() : new Lsn(-1);
    }
}
