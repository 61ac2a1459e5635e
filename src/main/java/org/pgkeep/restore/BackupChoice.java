package org.pgkeep.restore;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.RecoverySettings;
import org.pgkeep.postgres.RecoveryTarget;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupMark;
import org.pgkeep.repository.BackupMarks;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Validation;

/** Finds the newest backup from which recovery reaches the target, or says of each backup why it does not. */
final class BackupChoice {
    private static final int REFUSALS_SHOWN = 5;

    private final ClusterStore cluster;
    private final List<Elsewhere> elsewhere;
    private final Wanted wanted;
    private final Progress progress;

    BackupChoice(ClusterStore cluster, List<Elsewhere> elsewhere, Wanted wanted, Progress progress) {
        this.cluster = cluster;
        this.elsewhere = List.copyOf(elsewhere);
        this.wanted = wanted;
        this.progress = progress;
    }

    /**
     * What is restored and what it is told.
     *
     * @param history the line of timelines that recovery follows
     * @param settings empty for a cold backup that is to be restored as it was
     */
    record Chosen(BackupRecord backup, TimelineHistory history, Optional<RecoverySettings> settings) {}

    /** A backup that does not lead to the target, or should not be used. */
    private record Refusal(BackupRecord backup, Route.Obstacle obstacle) {
        @Override
        public String toString() {
            return backup.label() + ": " + obstacle.why();
        }
    }

    /**
     * Chooses.
     *
     * @throws PgkeepException {@code BACKUP_UNKNOWN} when there is none, or none of the label asked for;
     *     {@code TARGET_UNREACHABLE} when none leads to the target; {@code DAMAGED} when only damaged ones do
     */
    Chosen choose() {
        return chosen(route());
    }

    /** The way from the backup that is chosen; the same errors. */
    Route route() {
        List<Refusal> refusals = new ArrayList<>();
        BackupMarks.Listing marks = cluster.marks().all();
        for (BackupRecord backup : candidates().reversed()) {
            Route route = new Route(backup, wanted.recovery(), cluster.wal(backup.historyId()));
            Optional<Route.Obstacle> obstacle =
                    route.obstacle(wanted.wal()).or(() -> damage(backup, marks.of(backup.label())));
            if (obstacle.isEmpty()) {
                tellPassedOver(refusals, backup);
                if (wanted.wal() == WalFrom.ARCHIVE) {
                    route.brokenOff().ifPresent(progress::warn);
                }
                return route;
            }
            refusals.add(new Refusal(backup, obstacle.get()));
        }
        throw refusals.stream()
                .filter(refusal -> refusal.obstacle.isDamage())
                .findFirst()
                .map(this::damaged)
                .orElseGet(() -> unreachable(refusals));
    }

    /** What verify found, or what is missing, unless another repository has the backup whole; a mark that cannot be read hides no backup. */
    private Optional<Route.Obstacle> damage(BackupRecord backup, BackupMark mark) {
        if (wanted.damagedToo()) {
            return Optional.empty();
        }
        Optional<String> damaged = mark.validation()
                .filter(Validation::isDamaged)
                .map(found -> "was found damaged at " + found.at() + ": "
                        + found.damage().getFirst()
                        + (found.count() > 1 ? " and " + (found.count() - 1) + " more" : ""))
                .or(() -> missing(backup));
        Optional<String> other = damaged.flatMap(_ -> new Spares(backup, elsewhere, progress).soundIn());
        other.ifPresent(repository -> progress.warn("backup " + backup.label() + " " + damaged.get()
                + "; what is damaged is taken from repository '" + repository + "'"));
        return other.isPresent() ? Optional.empty() : damaged.map(why -> Route.Obstacle.ofDamage("it " + why));
    }

    /** What is not there at all, before anything is touched for it. */
    private Optional<String> missing(BackupRecord backup) {
        try {
            cluster.assertPacks(backup);
            return Optional.empty();
        } catch (PgkeepException e) {
            // A store that fails is no reason to take an older backup; but one that has this one whole is a way out.
            boolean isElsewhere = e.code() == ErrorCode.STORAGE
                    && new Spares(backup, elsewhere, progress).soundIn().isPresent();
            if (e.code() != ErrorCode.DAMAGED && !isElsewhere) {
                throw e;
            }
            return Optional.of("is damaged: " + e.getMessage());
        }
    }

    /** Nothing else keeps this one from being restored. */
    private PgkeepException damaged(Refusal refusal) {
        Label label = refusal.backup.label();
        Optional<Label> other = wanted.backup().isPresent() ? otherThan(label) : Optional.empty();
        return new PgkeepException(
                ErrorCode.DAMAGED,
                "backup " + label + " is not used: " + refusal.obstacle.why(),
                other.map(sound -> "Backup " + sound + " leads there, too: give --backup " + sound + ". ")
                                .orElse("")
                        + "If it was repaired, prove it with 'pgkeep verify --backup " + label
                        + "'; --allow-damaged tries it as it is.");
    }

    private Optional<Label> otherThan(Label label) {
        try {
            return Optional.of(new BackupChoice(cluster, elsewhere, wanted.without(label), Progress.SILENT)
                    .route()
                    .backup()
                    .label());
        } catch (PgkeepException e) {
            return switch (e.code()) {
                case BACKUP_UNKNOWN, TARGET_UNREACHABLE, DAMAGED -> Optional.empty();
                default -> throw e;
            };
        }
    }

    /** Oldest first. */
    private List<BackupRecord> candidates() {
        if (wanted.backup().isPresent()) {
            return List.of(cluster.backup(wanted.backup().get()));
        }
        ClusterStore.Listing listing = cluster.listing();
        listing.unreadable()
                .forEach((label, e) -> progress.warn("backup " + label + " is passed over: " + e.getMessage()));
        int current = cluster.record().current().id();
        List<BackupRecord> candidates = listing.sound().stream()
                .filter(backup ->
                        backup.historyId() == current && !wanted.without().contains(backup.label()))
                .toList();
        if (candidates.isEmpty()) {
            throw noBackup(listing);
        }
        return candidates;
    }

    private PgkeepException noBackup(ClusterStore.Listing listing) {
        List<BackupRecord> older = listing.sound();
        if (older.isEmpty() && !listing.unreadable().isEmpty()) {
            return new PgkeepException(
                    ErrorCode.BACKUP_UNKNOWN,
                    "cluster '" + cluster.name() + "' has no backup whose record can be read, of "
                            + listing.unreadable().size() + " that there are",
                    "Bring the records back from a copy of the repository; the warnings above say which and why.");
        }
        if (older.isEmpty()) {
            return new PgkeepException(
                    ErrorCode.BACKUP_UNKNOWN,
                    "cluster '" + cluster.name() + "' has no backup",
                    "Look for it in another repository, or under another name of the cluster.");
        }
        return new PgkeepException(
                ErrorCode.BACKUP_UNKNOWN,
                "cluster '" + cluster.name() + "' has no backup since it became another database cluster",
                "Name an older backup, such as " + older.getLast().label() + ".");
    }

    private void tellPassedOver(List<Refusal> refusals, BackupRecord backup) {
        refusals.stream()
                .filter(refusal -> refusal.obstacle.isSurprising())
                .forEach(refusal -> progress.warn("backup " + refusal.backup.label() + " is passed over for "
                        + backup.label() + ": " + refusal.obstacle.why()));
    }

    private Chosen chosen(Route route) {
        BackupRecord backup = route.backup();
        boolean alone = wanted.wal() == WalFrom.BACKUP && !backup.online();
        if (alone || route.staysCold()) {
            progress.info("backup " + backup.label() + " was taken of a stopped server and needs no recovery");
            return new Chosen(backup, route.history(), Optional.empty());
        }
        if (wanted.wal() == WalFrom.ARCHIVE) {
            route.timeNotReached().ifPresent(e -> {
                throw e;
            });
            route.doubt().ifPresent(progress::warn);
        }
        return new Chosen(backup, route.history(), Optional.of(route.settings()));
    }

    private PgkeepException unreachable(List<Refusal> refusals) {
        StringBuilder message = new StringBuilder(
                "no backup leads to " + words(wanted.recovery().target()));
        refusals.stream()
                .limit(REFUSALS_SHOWN)
                .forEach(refusal -> message.append("; ").append(refusal));
        if (refusals.size() > REFUSALS_SHOWN) {
            message.append("; and so on to ").append(refusals.getLast());
        }
        boolean allTooLate = refusals.stream().noneMatch(refusal -> refusal.obstacle.isSurprising());
        return new PgkeepException(
                ErrorCode.TARGET_UNREACHABLE,
                message.toString(),
                (allTooLate
                                ? "Choose a later target, at or after the end of a backup."
                                : "Choose an earlier target or another timeline, or archive the WAL that is missing.")
                        + beforeUpgrade());
    }

    /** Never taken without being asked for: their PostgreSQL is another. */
    private String beforeUpgrade() {
        int current = cluster.record().current().id();
        return wanted.backup().isPresent()
                ? ""
                : cluster.backups().stream()
                        .filter(backup -> backup.historyId() != current)
                        .reduce((_, newer) -> newer)
                        .map(backup ->
                                " Backups from before the upgrade are used when they are named, such as --backup "
                                        + backup.label() + " of PostgreSQL " + backup.majorVersion() + ".")
                        .orElse("");
    }

    private static String words(RecoveryTarget target) {
        return switch (target) {
            case RecoveryTarget.Latest _ -> "the end of the archive";
            case RecoveryTarget.Immediate _ -> "a consistent state";
            case RecoveryTarget.Time(var time) -> "time " + time;
            case RecoveryTarget.AtLsn(var lsn) -> "LSN " + lsn;
            case RecoveryTarget.Xid(var xid) -> "transaction " + Long.toUnsignedString(xid);
            case RecoveryTarget.Name(var name) -> "restore point '" + name + "'";
        };
    }
}
