package org.pgkeep.receive;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.repository.StreamedSegment;
import org.pgkeep.repository.WalArchive;
import org.pgkeep.repository.WalCensus;
import org.pgkeep.repository.WalFolder;

/** Where the repository's WAL ends along a server's history, and so where a stream has to begin. */
final class Beginning {
    private final WalArchive wal;
    private final TimelineHistory history;
    private final int segmentBytes;

    Beginning(WalArchive wal, TimelineHistory history, int segmentBytes) {
        this.wal = wal;
        this.history = history;
        this.segmentBytes = segmentBytes;
    }

    /** Behind the last complete segment of the youngest timeline that has any WAL; empty when none has. */
    Optional<Stretch> afterWhatIsThere() {
        WalCensus census = wal.census(Optional.empty());
        Optional<Stretch> end = endOn(census, history.timeline());
        for (int i = history.ancestors().size() - 1; i >= 0 && end.isEmpty(); i--) {
            end = endOn(census, history.ancestors().get(i).timeline());
        }
        return end.map(this::onItsTimeline);
    }

    private Optional<Stretch> endOn(WalCensus census, int timeline) {
        Optional<Lsn> end = Optional.empty();
        for (WalFolder folder : census.folders()) {
            if (folder.timeline() != timeline) {
                continue;
            }
            if (folder.lastThere() >= 0) {
                end = Optional.of(
                        folder.segment(folder.lastThere()).start(segmentBytes).plus(segmentBytes));
            }
            for (SegmentName streamed : folder.streamed().keySet()) {
                Lsn start = streamed.start(segmentBytes);
                end = end.filter(last -> start.isBefore(last)).or(() -> Optional.of(start));
            }
        }
        return end.map(lsn -> new Stretch(timeline, lsn));
    }

    /** The beginning of the segment that holds this LSN, of the timeline that goes on there. */
    Stretch at(Lsn lsn) {
        return onItsTimeline(new Stretch(history.timelineAt(lsn), lsn.startOfSegment(segmentBytes)));
    }

    /** A timeline that was left before is not streamed any more; the next one begins with the segment in which it was. */
    private Stretch onItsTimeline(Stretch stretch) {
        Optional<Lsn> end = history.endOf(stretch.timeline());
        return end.isPresent() && !stretch.from().isBefore(end.get())
                ? onItsTimeline(after(stretch.timeline(), end.get()))
                : stretch;
    }

    /** What follows on a timeline that was left there. */
    Stretch after(int timeline, Lsn end) {
        int next = history.timeline();
        for (TimelineHistory.Ancestor ancestor : history.ancestors().reversed()) {
            if (ancestor.timeline() == timeline) {
                break;
            }
            next = ancestor.timeline();
        }
        return new Stretch(next, end.startOfSegment(segmentBytes));
    }

    /** The first place from this one on whose segment is not complete. */
    Stretch firstMissingFrom(Stretch stretch) {
        Stretch at = stretch;
        String folder = "";
        Set<SegmentName> there = new HashSet<>();
        while (true) {
            SegmentName segment = SegmentName.holding(at.timeline(), at.from(), segmentBytes);
            if (!segment.folder().equals(folder)) {
                folder = segment.folder();
                there = wal.segmentsBeside(segment);
            }
            if (!there.contains(segment)) {
                return at;
            }
            at = onItsTimeline(new Stretch(at.timeline(), at.from().plus(segmentBytes)));
        }
    }

    /** What is confirmed first is what lies before: who stored it may have died before it knew that it was durable. */
    void makeDurable(Stretch before) {
        Lsn last = before.from().plus(-1);
        SegmentName segment = SegmentName.holding(history.timelineAt(last), last, segmentBytes);
        wal.find(segment.toString()).ifPresent(wal::makeDurable);
    }

    /**
     * Pieces of a segment that came complete in another way are of no use any more, once it is proved that it has what they have.
     *
     * @throws PgkeepException {@code CONFLICT} when it has not
     */
    void tidy(Stretch before) {
        SegmentName segment = SegmentName.holding(before.timeline(), before.from(), segmentBytes);
        for (StreamedSegment each : wal.pieces().beside(segment)) {
            wal.find(each.segment().toString()).ifPresent(complete -> {
                each.requireWithin(complete);
                each.remove(each.pieces());
            });
        }
    }
}
