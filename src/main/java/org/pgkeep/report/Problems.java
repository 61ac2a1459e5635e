package org.pgkeep.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.repository.BackupMarks;
import org.pgkeep.repository.BackupStatus;

/** Says what a person should know first, the worst first. */
final class Problems {
    /** Of one kind; a list of thousands would hide the other kinds. */
    private static final int EACH_MAX = 5;

    private final List<Problem> all = new ArrayList<>();

    /** Of one cluster. */
    Problems(ClusterReport report, BackupMarks.Listing marks, Works works, Collection<WalSurvey> surveys) {
        boolean any = !report.backups().isEmpty() || !report.unreadable().isEmpty();
        if (any && report.newest().isEmpty()) {
            add(Problem.Kind.NOTHING_RESTORABLE, "no backup can be restored");
        }
        report.recovery().stream().findFirst().ifPresent(recovery -> brokenWal(report, recovery));
        each(Problem.Kind.BACKUP_DAMAGED, damaged(report));
        each(
                Problem.Kind.RECORD_UNREADABLE,
                report.unreadable().reversed().stream()
                        .map(ClusterReport.Unreadable::why)
                        .toList());
        each(Problem.Kind.WAL_CONFLICT, conflicts(report));
        each(
                Problem.Kind.HISTORY_UNREADABLE,
                surveys.stream().flatMap(survey -> survey.problems().stream()).toList());
        each(
                Problem.Kind.MARK_UNREADABLE,
                marks.unreadable().values().stream()
                        .map(e -> String.valueOf(e.getMessage()))
                        .toList());
        report.fence()
                .ifPresent(
                        fence -> add(Problem.Kind.CLUSTER_STOPPED, "all work on the cluster was stopped by " + fence));
        each(Problem.Kind.LEASE_UNREADABLE, works.problems());
        each(Problem.Kind.BACKUP_ABORTED, aborted(report));
    }

    /** In order. */
    List<Problem> all() {
        return all;
    }

    private void add(Problem.Kind kind, String message) {
        all.add(new Problem(kind, message));
    }

    private void each(Problem.Kind kind, List<String> messages) {
        messages.stream().limit(EACH_MAX).forEach(message -> add(kind, message));
        if (messages.size() > EACH_MAX) {
            add(kind, "and " + (messages.size() - EACH_MAX) + " more like this");
        }
    }

    /** WAL behind a gap waits for a new backup, while everybody believes that archiving works. */
    private void brokenWal(ClusterReport report, Recovery recovery) {
        if (recovery.lines().isEmpty() || recovery.newest().isEmpty()) {
            return;
        }
        int timeline = recovery.lines().getFirst().timeline();
        Optional<SegmentName> last = report.wal().stream()
                .filter(range -> range.historyId() == recovery.historyId() && range.timeline() == timeline)
                .findFirst()
                .flatMap(range -> range.held().map(WalRange.Held::last));
        Recovery.Span newest = recovery.newest().get();
        int segmentBytes = segmentBytes(report, recovery);
        if (last.isPresent() && newest.toLsn().isBefore(last.get().start(segmentBytes))) {
            SegmentName missing = SegmentName.holding(timeline, newest.toLsn(), segmentBytes);
            add(
                    Problem.Kind.WAL_BROKEN,
                    "WAL is archived up to " + last.get() + ", but segment " + missing
                            + (isDamaged(report, missing) ? " is damaged" : " is missing")
                            + ", and nothing behind it can be restored before a new backup is taken");
        }
    }

    private static boolean isDamaged(ClusterReport report, SegmentName segment) {
        return report.wal().stream().anyMatch(range -> range.damaged().contains(segment));
    }

    private static int segmentBytes(ClusterReport report, Recovery recovery) {
        return report.wal().stream()
                .filter(range -> range.historyId() == recovery.historyId())
                .findFirst()
                .map(WalRange::segmentBytes)
                .orElseThrow();
    }

    private static List<String> damaged(ClusterReport report) {
        return report.backups().reversed().stream()
                .filter(entry -> entry.status() == BackupStatus.DAMAGED)
                .map(entry -> "backup " + entry.label() + ": " + entry.reasons().getFirst()
                        + (entry.reasons().size() > 1
                                ? ", and " + (entry.reasons().size() - 1) + " more"
                                : ""))
                .toList();
    }

    private static List<String> conflicts(ClusterReport report) {
        return report.wal().stream()
                .flatMap(range -> range.conflicts().stream())
                .map(segment -> "WAL segment " + segment + " is archived with two contents")
                .toList();
    }

    private static List<String> aborted(ClusterReport report) {
        return report.work().stream()
                .filter(work -> !work.running())
                .map(work -> "backup " + work.label().map(Object::toString).orElse("") + " was cut off: " + work.owner()
                        + " does not answer")
                .toList();
    }
}
