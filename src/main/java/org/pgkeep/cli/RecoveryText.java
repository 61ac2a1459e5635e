package org.pgkeep.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.pgkeep.report.Recovery;
import org.pgkeep.report.WalRange;
import org.pgkeep.units.Durations;

/** To which moments a cluster can be brought back, in sentences. */
final class RecoveryText {
    private static final int HOLES_MAX = 5;
    private static final String UNKNOWN = "a moment that cannot be told";

    private RecoveryText() {}

    /** The newest moment, and how long ago that was. */
    static String newest(Recovery recovery, Instant now) {
        return recovery.newest()
                .map(span -> span.to().map(to -> moment(to, now)).orElse(UNKNOWN) + ", LSN " + span.toLsn()
                        + " on timeline "
                        + Integer.toUnsignedString(recovery.lines().getFirst().timeline()))
                .orElse("NOTHING CAN BE RESTORED");
    }

    private static String moment(Instant time, Instant now) {
        Duration age = Duration.between(time, now);
        return BackupText.time(time) + ", " + ago(age);
    }

    /** How long ago; a clock may be ahead of the store's. */
    static String ago(Duration age) {
        return Durations.print(age.isNegative() ? Duration.ZERO : age) + " ago";
    }

    /** All moments of a line. */
    static List<String> moments(Recovery.Line line) {
        List<String> lines = new ArrayList<>();
        if (line.spans().isEmpty()) {
            return lines;
        }
        String from = line.past()
                .map(lsn -> "on timeline " + Integer.toUnsignedString(line.timeline())
                        + ", which a younger one left at " + lsn + ": ")
                .orElse("");
        Recovery.Span first = line.spans().getFirst();
        Recovery.Span last = line.spans().getLast();
        lines.add(from + span(first, last));
        List<Recovery.Hole> newestFirst = line.holes().reversed();
        newestFirst.stream().limit(HOLES_MAX).forEach(hole -> lines.add("except " + hole(hole)));
        if (newestFirst.size() > HOLES_MAX) {
            lines.add("and except " + (newestFirst.size() - HOLES_MAX) + " more stretches; --output=json has all");
        }
        return lines;
    }

    private static String span(Recovery.Span first, Recovery.Span last) {
        boolean one =
                first.equals(last) && first.from().isPresent() && first.from().equals(first.to());
        if (one) {
            return "only " + BackupText.time(first.from().get()) + ", the end of backup " + first.backup();
        }
        return "any moment from "
                + first.from().map(BackupText::time).orElse("LSN " + first.fromLsn())
                + " to about " + last.to().map(BackupText::time).orElse(UNKNOWN);
    }

    private static String hole(Recovery.Hole hole) {
        return "from " + hole.from().map(BackupText::time).orElse(UNKNOWN) + " to "
                + hole.to().map(BackupText::time).orElse(UNKNOWN) + ": " + missing(hole.missing());
    }

    /** Segments that are not there. */
    static String missing(WalRange.Gap gap) {
        return gap.segments() == 1
                ? "WAL segment " + gap.first() + " is missing"
                : BackupText.count(gap.segments(), "WAL segment") + ", " + gap.first() + " to " + gap.last()
                        + ", are missing";
    }

    /** Where one backup leads to, in a sentence. */
    static String sentence(Recovery.Goal goal, Instant stopped) {
        if (goal.firstMissing().isPresent()) {
            return "NO: WAL segment " + goal.firstMissing().get() + " is missing";
        }
        if (goal.toLsn().isEmpty()) {
            return "NO, it is damaged";
        }
        return goal.to().filter(to -> to.isAfter(stopped)).isEmpty()
                ? "only at its end, " + BackupText.time(stopped)
                : "any moment from its end to about "
                        + BackupText.time(goal.to().get())
                        + (goal.newest() ? ", the newest of all" : "")
                        + ", on timeline " + Integer.toUnsignedString(goal.timeline());
    }

    /** Where one backup leads to, in a word or a time. */
    static String goal(Recovery.Goal goal, Instant stopped, int timeline) {
        if (!goal.isComplete()) {
            return "NO, WAL is missing";
        }
        if (goal.toLsn().isEmpty()) {
            return "NO, it is damaged";
        }
        String on = goal.timeline() == timeline ? "" : " (timeline " + Integer.toUnsignedString(goal.timeline()) + ")";
        if (goal.newest()) {
            return "newest moment";
        }
        return goal.to()
                        .map(to -> to.isAfter(stopped) ? BackupText.time(to) : "its end only")
                        .orElse(UNKNOWN)
                + on;
    }
}
