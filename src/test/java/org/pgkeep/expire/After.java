package org.pgkeep.expire;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.repository.Label;

/** What a catalogue is after a plan, or a part of it, was carried out; and an oracle of its own for what can be restored then. */
final class After {
    private After() {}

    static Catalogue all(Catalogue before, Plan plan) {
        return some(before, plan, 0, Long.MAX_VALUE);
    }

    /** The newest backups went first; the oldest so many are still there. Of the WAL, so many segments are gone. */
    static Catalogue some(Catalogue before, Plan plan, int backupsLeft, long segmentsGone) {
        List<Label> going = plan.going();
        Set<Label> gone = new HashSet<>(going.subList(Math.min(backupsLeft, going.size()), going.size()));
        long[] budget = {segmentsGone};
        List<Archive> archives = new ArrayList<>();
        for (Archive archive : before.archives()) {
            List<Archive.OfTimeline> timelines = new ArrayList<>();
            for (Archive.OfTimeline timeline : archive.timelines()) {
                Runs left = without(timeline, plan.goingWal(), budget);
                timelines.add(new Archive.OfTimeline(
                        timeline.timeline(), timeline.history(), left, left, timeline.lastArchived()));
            }
            archives.add(new Archive(archive.historyId(), archive.current(), archive.segmentBytes(), timelines));
        }
        return new Catalogue(
                before.backups().stream()
                        .filter(backup -> !gone.contains(backup.label()))
                        .toList(),
                before.unreadable(),
                archives);
    }

    private static Runs without(Archive.OfTimeline timeline, List<Plan.WalFate> going, long[] budget) {
        Runs.Collector left = new Runs.Collector();
        for (Runs.Run run : timeline.segments().runs()) {
            for (long number = run.first(); number <= run.last(); number++) {
                SegmentName name = SegmentName.holding(
                        timeline.timeline(), new Lsn(number * Story.SEGMENT_BYTES), Story.SEGMENT_BYTES);
                boolean goes = going.stream().anyMatch(fate -> fate.holds(name)) && budget[0] > 0;
                if (goes) {
                    budget[0]--;
                } else {
                    left.add(number);
                }
            }
        }
        return left.runs();
    }

    /** The number behind the last segment that recovery from this backup to this timeline can read; empty when it cannot get there. */
    static Optional<Long> reach(Catalogue catalogue, Candidate backup, int timeline) {
        Archive archive = catalogue.archives().getFirst();
        TimelineHistory history = of(archive, timeline).history().orElseThrow();
        Candidate.Stretch stretch = backup.stretch();
        boolean leads = timeline == stretch.stopTimeline()
                || (history.contains(stretch.startTimeline(), stretch.start())
                        && history.containsBefore(stretch.stopTimeline(), stretch.stop()));
        if (!leads) {
            return Optional.empty();
        }
        long number = stretch.firstSegment();
        while (isThere(archive, history, number)) {
            number++;
        }
        return Optional.of(number);
    }

    /** A segment in which a timeline was left may come from either side. */
    private static boolean isThere(Archive archive, TimelineHistory history, long number) {
        int oldest = history.timelineAt(new Lsn(number * Story.SEGMENT_BYTES));
        int youngest = history.timelineAt(new Lsn((number + 1) * Story.SEGMENT_BYTES - 1));
        return archive.timelines().stream()
                .filter(each -> each.timeline() >= oldest && each.timeline() <= youngest)
                .filter(each -> history.beginOf(each.timeline()).isPresent())
                .anyMatch(each -> each.segments().covers(number, number));
    }

    private static Archive.OfTimeline of(Archive archive, int timeline) {
        return archive.timelines().stream()
                .filter(each -> each.timeline() == timeline)
                .findFirst()
                .orElseThrow();
    }
}
