package org.pgkeep.expire;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.postgres.TimelineHistory;

/** Which timelines descend from which, and which backups lead to them. */
final class Lineage {
    private final Map<Integer, TimelineHistory> histories = new HashMap<>();

    Lineage(Archive archive) {
        histories.put(1, TimelineHistory.of(1));
        for (Archive.OfTimeline timeline : archive.timelines()) {
            timeline.history().ifPresent(this::add);
        }
    }

    /** A history tells those of its ancestors as well, which may have lost their own. */
    private void add(TimelineHistory history) {
        TimelineHistory _ = histories.put(history.timeline(), history);
        List<TimelineHistory.Ancestor> ancestors = history.ancestors();
        for (int i = 0; i < ancestors.size(); i++) {
            int timeline = ancestors.get(i).timeline();
            TimelineHistory _ = histories.putIfAbsent(timeline, new TimelineHistory(timeline, ancestors.subList(0, i)));
        }
    }

    /** Whether it is known from where it descends. */
    boolean knows(int timeline) {
        return histories.containsKey(timeline);
    }

    /** Whether recovery of the backup can go on to this timeline. */
    boolean leads(Candidate backup, int timeline) {
        Candidate.Stretch stretch = backup.stretch();
        return stretch.stopTimeline() == timeline
                || Optional.ofNullable(histories.get(timeline))
                        .filter(history -> history.contains(stretch.startTimeline(), stretch.start()))
                        .filter(history -> stretch.stop().equals(stretch.start())
                                || history.containsBefore(stretch.stopTimeline(), stretch.stop()))
                        .isPresent();
    }
}
