package org.pgkeep.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.pgkeep.repository.BackupMark;
import org.pgkeep.repository.BackupMarks;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupScan;
import org.pgkeep.repository.BackupStatus;
import org.pgkeep.repository.ClusterRecord;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Validation;

/** Reads what there is of one cluster, once, and puts it together. */
final class ClusterSurvey {
    private final ClusterStore cluster;
    private final Instant now;
    private final PackShares shares = new PackShares();
    private final BackupScan<Scanned> scan;
    private final BackupMarks.Listing marks;
    private final Map<Integer, WalSurvey> wal = new HashMap<>();
    private final Map<Integer, RecoveryLines> lines = new HashMap<>();

    /** What is kept of a record while others are read. */
    private record Scanned(BackupRecord brief, int warnings, PackShares.Uses uses) {}

    /**
     * Reads.
     *
     * @param walFiles whether also to ask how much the archived WAL takes, and when it came
     */
    ClusterSurvey(ClusterStore cluster, Instant now, boolean walFiles) {
        this.cluster = cluster;
        this.now = now;
        this.scan = cluster.scan(
                record -> new Scanned(record.brief(), record.warnings().size(), shares.uses(record)));
        this.marks = cluster.marks().all();
        shares.count(
                scan.sound().stream().map(Scanned::uses).toList(),
                scan.unreadable().keySet(),
                cluster::packBytes);
        for (int historyId : historyIds()) {
            surveyWal(historyId, walFiles ? Optional.of(now.minus(WalRange.RECENT)) : Optional.empty());
        }
    }

    /** Also those of which the cluster record knows nothing, because an older one was put back: verify tells of it. */
    private SortedSet<Integer> historyIds() {
        SortedSet<Integer> ids = new TreeSet<>();
        cluster.record().history().forEach(history -> ids.add(history.id()));
        scan.sound().forEach(scanned -> ids.add(scanned.brief.historyId()));
        return ids;
    }

    private void surveyWal(int historyId, Optional<Instant> since) {
        List<BackupRecord> backups = backups(historyId);
        Optional<Integer> segmentBytes = backups.isEmpty()
                ? Optional.empty()
                : Optional.of(backups.getLast().segmentBytes());
        WalSurvey survey = WalSurvey.of(cluster.wal(historyId), historyId, segmentBytes, since);
        backups.forEach(backup -> survey.expect(backup.stopTimeline()));
        wal.put(historyId, survey);
        lines.put(historyId, new RecoveryLines(survey, backups, this::isUsable));
    }

    /** A restore passes over what verify found damaged. */
    private boolean isUsable(Label label) {
        return !marks.of(label).validation().map(Validation::isDamaged).orElse(false);
    }

    private List<BackupRecord> backups(int historyId) {
        return scan.sound().stream()
                .map(Scanned::brief)
                .filter(backup -> backup.historyId() == historyId)
                .toList();
    }

    ClusterReport report() {
        List<BackupEntry> entries = entries();
        List<Recovery> recovery = new ArrayList<>();
        List<WalRange> ranges = new ArrayList<>();
        for (ClusterRecord.History history : cluster.record().history()) {
            recovery.add(lines(history.id()).recovery());
            ranges.addAll(wal(history.id()).ranges());
        }
        List<ClusterReport.Unreadable> unreadable = new ArrayList<>();
        scan.unreadable()
                .forEach((label, e) ->
                        unreadable.add(new ClusterReport.Unreadable(label, e.code(), String.valueOf(e.getMessage()))));
        Works works = new Works(cluster, now);
        ClusterReport report = new ClusterReport(
                cluster.name(),
                cluster.record().history(),
                entries,
                unreadable,
                works.fence(),
                works.all(),
                ranges,
                recovery.reversed(),
                totals(entries),
                List.of());
        return report.with(new Problems(report, marks, works, wal.values()).all());
    }

    private ClusterReport.Totals totals(List<BackupEntry> entries) {
        long manifests = entries.stream()
                .mapToLong(entry -> entry.record().manifest().storedBytes())
                .sum();
        return new ClusterReport.Totals(entries.size(), shares.keptBytes() + manifests);
    }

    /** The archived WAL by timeline, with the backups that can use it. */
    List<WalRange.WithBackups> timelines() {
        List<WalRange.WithBackups> timelines = new ArrayList<>();
        for (ClusterRecord.History history : cluster.record().history()) {
            List<BackupRecord> backups = backups(history.id());
            RecoveryLines of = lines(history.id());
            for (WalRange range : wal(history.id()).ranges()) {
                timelines.add(new WalRange.WithBackups(
                        range,
                        backups.stream()
                                .filter(backup -> backup.startTimeline() == range.timeline()
                                        || backup.stopTimeline() == range.timeline())
                                .map(BackupRecord::label)
                                .toList(),
                        of.nearestBase(range.timeline())));
            }
        }
        return timelines;
    }

    /** Every backup whose record can be read, oldest first. */
    List<BackupEntry> entries() {
        List<BackupEntry> entries = new ArrayList<>();
        Map<Label, Label> chains = new HashMap<>();
        for (Scanned scanned : scan.sound()) {
            BackupRecord record = scanned.brief;
            Label label = record.label();
            // A base is older, so its chain is known by now.
            Label chain = record.base().isPresent()
                    ? chains.getOrDefault(record.base().get(), label)
                    : label;
            chains.put(label, chain);
            entries.add(entry(scanned, chain));
        }
        return entries;
    }

    private BackupEntry entry(Scanned scanned, Label chain) {
        BackupRecord record = scanned.brief;
        BackupMark mark = marks.of(record.label());
        Recovery.Goal goal = lines(record.historyId()).goal(record);
        Optional<String> missing = shares.missing(scanned.uses);
        if (missing.isPresent() && !cluster.exists(record.label())) {
            // Removed since it was read, with its packs: not damaged.
            missing = Optional.empty();
        }
        if (!isUsable(record.label()) || missing.isPresent()) {
            goal = goal.ofDamaged();
        }
        return new BackupEntry(
                record,
                chain,
                mark,
                BackupStatus.of(goal.firstMissing().isPresent() || missing.isPresent(), scanned.warnings, mark),
                reasons(goal, missing, mark),
                scanned.warnings,
                shares.of(scanned.uses),
                goal);
    }

    /** Asks before it says: of ten thousand backups hardly one has any. */
    private static List<String> reasons(Recovery.Goal goal, Optional<String> missingPack, BackupMark mark) {
        if (goal.firstMissing().isEmpty()
                && missingPack.isEmpty()
                && mark.validation().isEmpty()) {
            return List.of();
        }
        List<String> reasons = new ArrayList<>();
        goal.firstMissing()
                .ifPresent(segment ->
                        reasons.add("WAL segment " + segment + ", which it needs to be consistent, is missing"));
        missingPack.ifPresent(reasons::add);
        mark.validation().ifPresent(validation -> reasons.addAll(validation.damage()));
        return reasons;
    }

    private RecoveryLines lines(int historyId) {
        return Optional.ofNullable(lines.get(historyId)).orElseThrow();
    }

    private WalSurvey wal(int historyId) {
        return Optional.ofNullable(wal.get(historyId)).orElseThrow();
    }
}
