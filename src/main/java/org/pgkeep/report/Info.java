package org.pgkeep.report;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.Attempt;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.ClusterRecord;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Repository;

/** {@code pgkeep info}: what a repository holds, and to which moments its clusters can be brought back. */
public final class Info {
    private final Repository repository;
    private final InstantSource clock;

    /** Reports on this repository, which stays the caller's to close. */
    public Info(Repository repository, InstantSource clock) {
        this.repository = repository;
        this.clock = clock;
    }

    /**
     * What to report on.
     *
     * @param cluster only this one
     * @param label only this backup of it
     */
    public record Request(Optional<ClusterName> cluster, Optional<Label> label) {}

    /**
     * Everything.
     *
     * @param location where the repository is
     * @param id its identity
     */
    public record RepositoryReport(String location, String id, List<ClusterReport> clusters) {
        public RepositoryReport {
            clusters = List.copyOf(clusters);
        }
    }

    /**
     * One cluster.
     *
     * @param history which database clusters the name stood for, oldest first
     * @param backups oldest first
     * @param unreadable backups whose record cannot be read
     * @param attempts backups that run or were cut off
     * @param wal by history and timeline, in order
     * @param recovery to which moments each backup leads, oldest first
     */
    public record ClusterReport(
            ClusterName name,
            List<ClusterRecord.History> history,
            List<BackupRecord> backups,
            List<UnreadableBackup> unreadable,
            List<AttemptReport> attempts,
            List<WalRange> wal,
            List<RecoveryWindow> recovery) {
        public ClusterReport {
            history = List.copyOf(history);
            backups = List.copyOf(backups);
            unreadable = List.copyOf(unreadable);
            attempts = List.copyOf(attempts);
            wal = List.copyOf(wal);
            recovery = List.copyOf(recovery);
        }
    }

    /** A backup that cannot be told about, and why. */
    public record UnreadableBackup(Label label, ErrorCode code, String why) {}

    /**
     * A backup without a commit record.
     *
     * @param running whether its process said lately that it lives; the next backup sweeps away what others left
     * @param silence since it said so last
     */
    public record AttemptReport(Attempt attempt, boolean running, Duration silence) {}

    /**
     * Reports.
     *
     * @throws PgkeepException {@code CLUSTER_UNKNOWN} or {@code BACKUP_UNKNOWN} when what was asked for is not there
     */
    public RepositoryReport report(Request request) {
        List<ClusterName> names = request.cluster().map(List::of).orElseGet(repository::clusters);
        List<ClusterReport> clusters = new ArrayList<>();
        for (ClusterName name : names) {
            clusters.add(cluster(repository.cluster(name), request.label()));
        }
        return new RepositoryReport(repository.location(), repository.id(), clusters);
    }

    private ClusterReport cluster(ClusterStore cluster, Optional<Label> only) {
        ClusterStore.Listing listing = cluster.listing();
        List<BackupRecord> backups = listing.sound();
        List<UnreadableBackup> unreadable = new ArrayList<>();
        listing.unreadable()
                .forEach((label, error) ->
                        unreadable.add(new UnreadableBackup(label, error.code(), String.valueOf(error.getMessage()))));
        if (only.isPresent()) {
            backups = List.of(cluster.backup(only.get()));
            unreadable.clear();
        }
        List<WalRange> wal = new ArrayList<>();
        for (ClusterRecord.History history : cluster.record().history()) {
            wal.addAll(WalRanges.read(cluster.wal(history.id()), history.id()));
        }
        return new ClusterReport(
                cluster.name(),
                cluster.record().history(),
                backups,
                unreadable,
                attempts(cluster),
                wal,
                RecoveryWindow.of(cluster, backups, wal));
    }

    private List<AttemptReport> attempts(ClusterStore cluster) {
        Instant now = clock.instant();
        List<AttemptReport> reports = new ArrayList<>();
        for (Attempt attempt : cluster.attempts()) {
            Duration silence = Duration.between(attempt.heartbeat(), now);
            boolean running =
                    !attempt.isDead(now) && cluster.find(attempt.label()).isEmpty();
            reports.add(new AttemptReport(attempt, running, silence.isNegative() ? Duration.ZERO : silence));
        }
        return reports;
    }
}
