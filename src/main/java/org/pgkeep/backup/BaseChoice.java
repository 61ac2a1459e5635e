package org.pgkeep.backup;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Validation;

/** Chooses the backup that an incremental one builds on: it must lie on the line of descent of what the server is now. */
final class BaseChoice {
    private final ClusterStore cluster;
    private final TimelineHistory history;
    private final Lsn now;
    private final Lsn earliestStart;
    private final Progress progress;

    /**
     * A choice.
     *
     * @param history of the server's timeline
     * @param now how far the server is
     * @param earliestStart where the new backup's recovery may begin
     */
    BaseChoice(ClusterStore cluster, TimelineHistory history, Lsn now, Lsn earliestStart, Progress progress) {
        this.earliestStart = earliestStart;
        this.cluster = cluster;
        this.history = history;
        this.now = now;
        this.progress = progress;
    }

    /**
     * The base for a backup of this type; empty when there is none, and the backup must be a full one.
     *
     * @param named the label that was asked for
     * @throws PgkeepException {@code BACKUP_UNKNOWN}, {@code BASE_UNUSABLE}, {@code DAMAGED} for one that was asked for
     */
    Optional<BackupRecord> choose(BackupType type, Optional<Label> named) {
        if (named.isPresent()) {
            return Optional.of(asked(cluster.backup(named.get())));
        }
        return switch (type) {
            case FULL -> Optional.empty();
            case DIFFERENTIAL -> newest(type, BackupType.FULL);
            case INCREMENTAL -> newest(type, null);
        };
    }

    private BackupRecord asked(BackupRecord backup) {
        Optional<String> why = whyNot(backup);
        if (why.isPresent()) {
            throw new PgkeepException(
                    ErrorCode.BASE_UNUSABLE,
                    "backup " + backup.label() + " cannot be the base: " + why.get(),
                    "Leave out --base: pgkeep takes the newest backup that can, or makes a full one.");
        }
        assertWhole(backup);
        return backup;
    }

    private Optional<BackupRecord> newest(BackupType type, @Nullable BackupType only) {
        List<BackupRecord> backups = cluster.backups();
        for (BackupRecord backup : backups.reversed()) {
            if (only == null || backup.type() == only) {
                Optional<String> why = whyNot(backup).or(() -> damage(backup));
                if (why.isEmpty()) {
                    return Optional.of(backup);
                }
                progress.warn("backup " + backup.label() + " cannot be the base: " + why.get());
            }
        }
        progress.info("no backup is there that type " + type.word() + " could build on: taking a full one");
        return Optional.empty();
    }

    /** Why a backup cannot be the base, as the end of a sentence; empty when it can. */
    private Optional<String> whyNot(BackupRecord backup) {
        Optional<String> stranger = whyNoAncestor(backup);
        if (stranger.isPresent()) {
            return stranger;
        }
        if (now.isBefore(backup.stopLsn())) {
            return Optional.of(inTheFuture("ends at " + backup.stopLsn()));
        }
        return earliestStart.isBefore(backup.startLsn())
                ? Optional.of("it begins at " + backup.startLsn() + ", and this standby's last restart point is "
                        + earliestStart)
                : Optional.empty();
    }

    /** The same once a backup began: {@code now} is where its recovery begins. */
    Optional<String> whyNotFrom(BackupRecord backup) {
        Optional<String> stranger = whyNoAncestor(backup);
        return stranger.isEmpty() && now.isBefore(backup.startLsn())
                ? Optional.of(inTheFuture("begins at " + backup.startLsn()))
                : stranger;
    }

    private String inTheFuture(String where) {
        return "it " + where + ", which lies in the future of this server at " + now
                + ": the server was restored from an earlier moment";
    }

    private Optional<String> whyNoAncestor(BackupRecord backup) {
        if (backup.historyId() != cluster.record().current().id()) {
            return Optional.of("it is of another database cluster, before an upgrade");
        }
        String timeline = Integer.toUnsignedString(backup.stopTimeline());
        boolean ofHistory = history.contains(backup.startTimeline(), backup.startLsn())
                && history.containsBefore(backup.stopTimeline(), backup.stopLsn());
        if (!ofHistory) {
            return Optional.of("it ends at " + backup.stopLsn() + " on timeline " + timeline
                    + ", and this server's history is another: "
                    + history.endOf(backup.stopTimeline())
                            .map(end -> "it left that timeline at " + end)
                            .orElse("it is on timeline " + Integer.toUnsignedString(history.timeline())
                                    + ", which does not descend from that one"));
        }
        return Optional.empty();
    }

    private Optional<String> damage(BackupRecord backup) {
        try {
            assertWhole(backup);
            return Optional.empty();
        } catch (PgkeepException e) {
            if (e.code() != ErrorCode.DAMAGED) {
                throw e;
            }
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Nobody found it damaged, its manifest is the one that was committed, and the packs that it names are there. */
    private void assertWhole(BackupRecord backup) {
        Optional<Validation> found = cluster.marks().damage(backup.label());
        if (found.isPresent()) {
            throw new PgkeepException(
                    ErrorCode.DAMAGED,
                    "backup " + backup.label() + " was found damaged at "
                            + found.get().at() + ": " + found.get().damage().getFirst(),
                    "What builds on it would be damaged, too. If it was repaired, prove it with 'pgkeep verify --backup "
                            + backup.label() + "'; else leave out --base.");
        }
        cluster.scrubManifest(backup);
        cluster.assertPacks(backup);
    }
}
