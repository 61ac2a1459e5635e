package org.pgkeep.cli;

import java.time.InstantSource;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.RecoverySettings;
import org.pgkeep.postgres.RecoveryTarget;
import org.pgkeep.postgres.RecoveryTimeline;
import org.pgkeep.progress.Progress;
import org.pgkeep.report.ClusterReport;
import org.pgkeep.report.Info;
import org.pgkeep.report.Recovery.Line;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Repository;
import org.pgkeep.restore.Restore;
import org.pgkeep.restore.Wanted;
import org.pgkeep.restore.Way;
import org.pgkeep.verify.Verify;

/**
 * Asks whether a target can be reached, without restoring: restore says which backup and which WAL it takes, verify whether these are
 * sound, and info which moments lie nearest where it cannot.
 */
final class TargetCheck {
    private final Repository repository;
    private final ClusterStore cluster;
    private final InstantSource clock;
    private final Progress progress;

    TargetCheck(Repository repository, ClusterStore cluster, InstantSource clock, Progress progress) {
        this.repository = repository;
        this.cluster = cluster;
        this.clock = clock;
        this.progress = progress;
    }

    /** Asks, and looks at what it takes. */
    TargetAnswer run(RecoverySettings recovery, Optional<Label> backup, Verify.Request request) {
        // A backup that is marked as damaged is passed over, and looked at when it is named: it may have been repaired.
        Wanted wanted = Wanted.of(recovery).withBackup(backup).withDamagedToo(backup.isPresent());
        RecoveryTarget target = recovery.target();
        try {
            Way way = way(wanted, progress);
            Verify.Result found = new Verify(repository, clock, progress)
                    .run(request.of(cluster.name(), way.backup().label(), way.wal()));
            Optional<Label> instead = found.isDamaged()
                    ? instead(wanted.withDamagedToo(false).without(way.backup().label()))
                    : Optional.empty();
            boolean falls = way.end() == Way.End.TOO_EARLY;
            return new TargetAnswer(
                    target,
                    Optional.of(way),
                    Optional.empty(),
                    Optional.of(found),
                    instead,
                    falls ? nearest(recovery) : TargetAnswer.Nearest.NONE);
        } catch (PgkeepException e) {
            if (!isRefusal(e.code())) {
                throw e;
            }
            return new TargetAnswer(
                    target, Optional.empty(), Optional.of(e), Optional.empty(), Optional.empty(), nearest(recovery));
        }
    }

    private static boolean isRefusal(ErrorCode code) {
        return code == ErrorCode.TARGET_UNREACHABLE || code == ErrorCode.BACKUP_UNKNOWN || code == ErrorCode.DAMAGED;
    }

    private Way way(Wanted wanted, Progress telling) {
        return new Restore(cluster, telling, clock).way(wanted);
    }

    private Optional<Label> instead(Wanted wanted) {
        try {
            Way way = way(wanted, Progress.SILENT);
            return way.end() == Way.End.TOO_EARLY
                    ? Optional.empty()
                    : Optional.of(way.backup().label());
        } catch (PgkeepException e) {
            if (isRefusal(e.code())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private TargetAnswer.Nearest nearest(RecoverySettings recovery) {
        Optional<Integer> timeline = recovery.timeline() instanceof RecoveryTimeline.Exactly(int number)
                ? Optional.of(number)
                : Optional.empty();
        ClusterReport report = new Info(repository, clock)
                .report(Optional.of(cluster.name()))
                .clusters()
                .getFirst();
        Optional<Line> line = report.recovery().stream().findFirst().flatMap(found -> found.line(timeline));
        return switch (recovery.target()) {
            case RecoveryTarget.Time(var time) ->
                new TargetAnswer.Nearest(line.flatMap(of -> of.upTo(time)), line.flatMap(of -> of.after(time)));
            case RecoveryTarget.AtLsn(var lsn) ->
                new TargetAnswer.Nearest(line.flatMap(of -> of.upTo(lsn)), line.flatMap(of -> of.after(lsn)));
            case RecoveryTarget.Latest _, RecoveryTarget.Immediate _, RecoveryTarget.Xid _, RecoveryTarget.Name _ ->
                new TargetAnswer.Nearest(line.flatMap(Line::last), Optional.empty());
        };
    }
}
