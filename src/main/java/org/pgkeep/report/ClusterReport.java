package org.pgkeep.report;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.repository.Attempt;
import org.pgkeep.repository.BackupStatus;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.ClusterRecord;
import org.pgkeep.repository.Fence;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Owner;

/**
 * One cluster.
 *
 * @param history which database clusters the name stood for, oldest first
 * @param backups oldest first
 * @param unreadable backups whose record cannot be read
 * @param fence who stopped all work that changes its backups; empty when nobody did
 * @param work what runs or was cut off
 * @param wal by history and timeline, in order
 * @param recovery to which moments each of its database clusters can be brought back, the newest first
 * @param problems the worst first
 */
public record ClusterReport(
        ClusterName name,
        List<ClusterRecord.History> history,
        List<BackupEntry> backups,
        List<Unreadable> unreadable,
        Optional<Fence> fence,
        List<Work> work,
        List<WalRange> wal,
        List<Recovery> recovery,
        Totals totals,
        List<Problem> problems) {
    public ClusterReport {
        history = List.copyOf(history);
        backups = List.copyOf(backups);
        unreadable = List.copyOf(unreadable);
        work = List.copyOf(work);
        wal = List.copyOf(wal);
        recovery = List.copyOf(recovery);
        problems = List.copyOf(problems);
    }

    /** A backup that cannot be told about, and why. */
    public record Unreadable(Label label, ErrorCode code, String why) {}

    /**
     * Something that somebody does with the cluster's backups, or that was cut off.
     *
     * @param what {@code backup}, {@code expire}, …
     * @param label of the backup to be
     * @param running whether its process said lately that it lives
     * @param silence since it said so last; empty where only its lease is known, which says until when it is held
     * @param copied how far a backup is
     * @param reusableBytes length of the closed packs of a backup that was cut off: the next one refers to what is still the same in them
     */
    public record Work(
            String what,
            Optional<Label> label,
            Owner owner,
            boolean running,
            Instant since,
            Optional<Duration> silence,
            Optional<Attempt.Copied> copied,
            Optional<Long> reusableBytes) {
        /** As people know it from backups. */
        public BackupStatus status() {
            return running ? BackupStatus.RUNNING : BackupStatus.ABORTED;
        }
    }

    /**
     * Everything together.
     *
     * @param storedBytes manifests, and packs that any backup keeps
     */
    public record Totals(int backups, long storedBytes) {}

    ClusterReport with(List<Problem> found) {
        return new ClusterReport(name, history, backups, unreadable, fence, work, wal, recovery, totals, found);
    }

    /** The newest moment that can be reached without naming a timeline; empty when there is none. */
    public Optional<Recovery.Span> newest() {
        return recovery.stream().findFirst().flatMap(Recovery::newest);
    }
}
