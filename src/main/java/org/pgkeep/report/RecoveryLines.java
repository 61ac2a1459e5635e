package org.pgkeep.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.Label;

/** Finds out where backups and the WAL of one database cluster lead to. */
final class RecoveryLines {
    private final WalSurvey wal;
    private final List<BackupRecord> backups;
    private final Predicate<Label> usable;
    private final List<Recovery.Line> lines = new ArrayList<>();
    private final Map<Label, Recovery.Goal> goals = new HashMap<>();
    private final Map<SegmentName, Optional<Instant>> archived = new HashMap<>();

    /**
     * With all backups of that database cluster, oldest first.
     *
     * @param usable whether a restore would use a backup: one that is damaged leads nowhere
     */
    RecoveryLines(WalSurvey wal, List<BackupRecord> backups, Predicate<Label> usable) {
        this.wal = wal;
        this.backups = backups;
        this.usable = usable;
        List<TimelineHistory> younger = new ArrayList<>();
        for (int timeline : wal.timelines().reversed()) {
            TimelineHistory history = wal.history(timeline);
            Optional<Lsn> past = younger.stream()
                    .map(other -> Reach.partingOf(history, other))
                    .max(Lsn::compareTo);
            add(new Reach(wal, history), past);
            younger.add(history);
        }
    }

    Recovery recovery() {
        return new Recovery(wal.historyId(), lines);
    }

    /** Where a backup leads to on the youngest line that it is on; on its own when the histories of timelines do not tell. */
    Recovery.Goal goal(BackupRecord backup) {
        return goals.computeIfAbsent(backup.label(), _ -> {
            Reach own = new Reach(wal, wal.history(backup.stopTimeline()));
            return goal(own, way(own, backup), false);
        });
    }

    /**
     * Where a backup leads to on one line.
     *
     * @param lastStopped when the last backup ended that leads to the same end
     */
    private record Way(BackupRecord backup, long firstMissing, Lsn end, boolean complete, Instant lastStopped) {
        Way earlier(Way other) {
            Instant last = lastStopped.isBefore(other.lastStopped) ? other.lastStopped : lastStopped;
            Way first = other.backup.stopLsn().isBefore(backup.stopLsn()) ? other : this;
            return new Way(first.backup, firstMissing, end, complete, last);
        }
    }

    /** The newest backup on the ancestors of a timeline from which unbroken WAL leads to its beginning. */
    Optional<Label> nearestBase(int timeline) {
        TimelineHistory history = wal.history(timeline);
        if (history.ancestors().isEmpty()) {
            return Optional.empty();
        }
        Lsn begin = history.ancestors().getLast().end();
        Reach reach = new Reach(wal, history);
        return backups.reversed().stream()
                .filter(backup -> usable.test(backup.label()))
                .filter(backup -> isOn(history, backup) && backup.stopLsn().compareTo(begin) <= 0)
                .map(backup -> way(reach, backup))
                .filter(way -> way.complete && way.end.compareTo(begin) >= 0)
                .map(way -> way.backup.label())
                .findFirst();
    }

    private void add(Reach reach, Optional<Lsn> past) {
        SortedMap<Lsn, Way> earliest = new TreeMap<>();
        List<Way> ways = new ArrayList<>();
        for (BackupRecord backup : backups) {
            if (isOn(reach.history(), backup)) {
                Way way = way(reach, backup);
                ways.add(way);
                if (way.complete && usable.test(backup.label())) {
                    earliest.merge(way.end, way, Way::earlier);
                }
            }
        }
        List<Recovery.Span> spans = new ArrayList<>();
        List<Recovery.Hole> holes = new ArrayList<>();
        Optional<Way> before = Optional.empty();
        for (Way way : earliest.values()) {
            if (past.isPresent() && way.end.compareTo(past.get()) <= 0) {
                continue;
            }
            Recovery.Span span = span(reach, way, past);
            if (before.isPresent()) {
                holes.add(hole(reach, spans.getLast(), before.get(), span, way));
            }
            spans.add(span);
            before = Optional.of(way);
        }
        if (!spans.isEmpty() || lines.isEmpty()) {
            lines.add(new Recovery.Line(reach.history().timeline(), past, spans, holes));
        }
        boolean main = past.isEmpty();
        for (Way way : ways) {
            if (!goals.containsKey(way.backup.label())) {
                boolean newest = main && !earliest.isEmpty() && way.end.equals(earliest.lastKey());
                goals.put(way.backup.label(), goal(reach, way, newest));
            }
        }
    }

    private static boolean isOn(TimelineHistory history, BackupRecord backup) {
        boolean startsWithin = history.contains(backup.startTimeline(), backup.startLsn());
        boolean endsWithin = backup.stopLsn().equals(backup.startLsn())
                || history.containsBefore(backup.stopTimeline(), backup.stopLsn());
        return startsWithin && endsWithin;
    }

    private Way way(Reach reach, BackupRecord backup) {
        Lsn start = backup.needsArchive() ? backup.startLsn() : backup.stopLsn();
        long firstMissing = reach.firstMissingFrom(wal.number(start));
        Lsn end = wal.start(firstMissing);
        boolean complete = !backup.needsArchive() || backup.stopLsn().compareTo(end) <= 0;
        Optional<WalRange.Streamed> streamed = reach.streamed(firstMissing);
        Lsn streamedTo = streamed.isPresent() ? streamed.get().end() : end;
        Lsn reached = streamedTo.isBefore(backup.stopLsn()) ? backup.stopLsn() : streamedTo;
        return new Way(backup, firstMissing, reached, complete, backup.stopped());
    }

    private Recovery.Span span(Reach reach, Way way, Optional<Lsn> past) {
        boolean beginsPast = past.isPresent() && way.backup.stopLsn().isBefore(past.get());
        return new Recovery.Span(
                way.backup.label(),
                beginsPast ? Optional.empty() : Optional.of(way.backup.stopped()),
                beginsPast ? past.get() : way.backup.stopLsn(),
                to(reach, way),
                way.end);
    }

    /** When the last segment was archived, or the last piece of one; a backup may have said a moment later that it ended. */
    private Optional<Instant> to(Reach reach, Way way) {
        Instant stopped = way.lastStopped;
        if (way.end.equals(way.backup.stopLsn()) && !way.backup.needsArchive()) {
            return Optional.of(stopped);
        }
        Optional<Instant> last = arrival(reach, way.firstMissing);
        return last.isPresent() && last.get().isBefore(stopped) ? Optional.of(stopped) : last;
    }

    private Optional<Instant> arrival(Reach reach, long firstMissing) {
        Optional<WalRange.Streamed> running = reach.streamed(firstMissing);
        Optional<Instant> streamed = running.isPresent()
                ? archived.computeIfAbsent(running.get().segment(), wal::streamedAt)
                : Optional.empty();
        return streamed.isPresent()
                ? streamed
                : archived.computeIfAbsent(reach.segment(firstMissing - 1), wal::archivedAt);
    }

    private Recovery.Hole hole(Reach reach, Recovery.Span before, Way wayBefore, Recovery.Span span, Way way) {
        return new Recovery.Hole(
                before.to(), span.from(), reach.gapFrom(wayBefore.firstMissing, wal.number(way.backup.startLsn())));
    }

    private Recovery.Goal goal(Reach reach, Way way, boolean newest) {
        return way.complete
                ? new Recovery.Goal(
                        reach.history().timeline(), to(reach, way), Optional.of(way.end), newest, Optional.empty())
                : new Recovery.Goal(
                        reach.history().timeline(),
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        Optional.of(reach.segment(way.firstMissing)));
    }
}
