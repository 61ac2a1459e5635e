package org.pgkeep.restore;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.RecoverySettings;
import org.pgkeep.postgres.RecoveryTarget;
import org.pgkeep.postgres.RecoveryTimeline;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.WalArchive;
import org.pgkeep.storage.ObjectInfo;

/** The way from one backup to the recovery target: which timelines it follows, and what blocks it. */
final class Route {
    private final BackupRecord backup;
    private final RecoverySettings settings;
    private final WalArchive wal;
    private final Optional<TimelineHistory> history;
    private @Nullable Told told;
    private boolean isTold;

    /** The way that PostgreSQL would take. */
    Route(BackupRecord backup, RecoverySettings asked, WalArchive wal) {
        this.backup = backup;
        this.settings = withFittingTimeline(asked);
        this.wal = wal;
        this.history = new Timelines(wal).followed(settings.timeline(), backup);
    }

    /**
     * What blocks the way.
     *
     * @param why for people
     * @param kind what kind of obstacle it is
     */
    record Obstacle(String why, Kind kind) {
        private enum Kind {
            TOO_LATE,
            BLOCKED,
            DAMAGED
        }

        /** The way is free, but for what the backup is. */
        static Obstacle ofDamage(String why) {
            return new Obstacle(why, Kind.DAMAGED);
        }

        /** Whether one would have expected the way to be free: the backup is before the target. */
        boolean isSurprising() {
            return kind != Kind.TOO_LATE;
        }

        boolean isDamage() {
            return kind == Kind.DAMAGED;
        }
    }

    /** "Immediate" ends before any other timeline could begin, so the youngest must not be asked to contain the backup. */
    private static RecoverySettings withFittingTimeline(RecoverySettings asked) {
        boolean fits = !(asked.target() instanceof RecoveryTarget.Immediate)
                || !(asked.timeline() instanceof RecoveryTimeline.Latest);
        return fits
                ? asked
                : new RecoverySettings(
                        asked.target(),
                        asked.inclusive(),
                        asked.action(),
                        new RecoveryTimeline.Current(),
                        asked.standby(),
                        asked.restoreCommand(),
                        asked.primaryConninfo());
    }

    BackupRecord backup() {
        return backup;
    }

    /** What was asked for, with the timeline that fits the target. */
    RecoverySettings settings() {
        return settings;
    }

    /** The timelines on the way; those of the backup alone when the one asked for is not in the archive. */
    TimelineHistory history() {
        return history.orElseGet(() -> TimelineHistory.of(backup.stopTimeline()));
    }

    /** The first obstacle; empty when the way is free as far as can be known. */
    Optional<Obstacle> obstacle(WalFrom from) {
        Optional<String> tooLate = endsAfterTarget();
        if (tooLate.isPresent()) {
            return tooLate.map(why -> new Obstacle(why, Obstacle.Kind.TOO_LATE));
        }
        Optional<String> why = history.isEmpty()
                ? Optional.of("the timeline asked for is not in the archive")
                : notIn(history.get()).or(() -> missingWal(from));
        return why.map(text -> new Obstacle(text, Obstacle.Kind.BLOCKED));
    }

    private Optional<String> endsAfterTarget() {
        return switch (settings.target()) {
            case RecoveryTarget.AtLsn(var lsn) ->
                lsn.isBefore(backup.stopLsn()) ? Optional.of("it ends at " + backup.stopLsn()) : Optional.empty();
            case RecoveryTarget.Time(var time) ->
                time.isBefore(backup.stopped()) ? Optional.of("it ended at " + backup.stopped()) : Optional.empty();
            case RecoveryTarget.Latest _, RecoveryTarget.Immediate _, RecoveryTarget.Xid _, RecoveryTarget.Name _ ->
                Optional.empty();
        };
    }

    private Optional<String> notIn(TimelineHistory followed) {
        boolean startsWithin = followed.contains(backup.startTimeline(), backup.startLsn());
        boolean endsWithin = backup.stopLsn().equals(backup.startLsn())
                || followed.containsBefore(backup.stopTimeline(), backup.stopLsn());
        if (startsWithin && endsWithin) {
            return Optional.empty();
        }
        String own = Integer.toUnsignedString(backup.stopTimeline());
        String left = followed.endOf(backup.stopTimeline())
                .map(end -> "which left timeline " + own + " at " + end)
                .orElse("which does not descend from timeline " + own);
        return Optional.of("it ends at " + backup.stopLsn() + " and is not part of timeline "
                + Integer.toUnsignedString(followed.timeline()) + ", " + left);
    }

    private Optional<String> missingWal(WalFrom from) {
        return switch (from) {
            case ARCHIVE -> missingInArchive();
            case ELSEWHERE -> Optional.empty();
            case BACKUP ->
                backup.needsArchive()
                        ? Optional.of("it does not hold its WAL, for it was taken without --wal=copy or --wal=stream")
                        : Optional.empty();
        };
    }

    /** Without a restore command the WAL comes from a primary, of which nothing is known here. */
    private Optional<String> missingInArchive() {
        if (settings.restoreCommand().isEmpty()) {
            return Optional.empty();
        }
        Optional<SegmentName> missing = backup.needsArchive()
                ? reach().firstMissing(backup.startLsn(), backup.stopLsn().plus(-1))
                : Optional.empty();
        if (missing.isPresent()) {
            return Optional.of(
                    "WAL segment " + missing.get() + ", which it needs to be consistent, is not in the archive");
        }
        if (settings.target() instanceof RecoveryTarget.AtLsn(var lsn) && !lsn.equals(backup.stopLsn())) {
            return reach().firstMissing(backup.stopLsn(), lsn)
                    .map(segment -> "WAL segment " + segment + " on the way to " + lsn + " is not in the archive");
        }
        return Optional.empty();
    }

    private WalReach reach() {
        return new WalReach(wal, history(), backup.segmentBytes());
    }

    /** Whether the backup is complete by itself: cold, and no WAL was archived since that recovery is asked to replay. */
    boolean staysCold() {
        if (backup.online() || settings.standby()) {
            return false;
        }
        return switch (settings.target()) {
            case RecoveryTarget.Immediate _ -> true;
            case RecoveryTarget.Latest _ -> reach().lastFrom(backup.stopLsn()).isEmpty();
            case RecoveryTarget.Time _, RecoveryTarget.AtLsn _, RecoveryTarget.Xid _, RecoveryTarget.Name _ -> false;
        };
    }

    /**
     * What the WAL tells of a target time.
     *
     * @param segments how many recovery reads for it
     * @param fromTheBeginning whether nothing was left out, as archived before the target by a clock that may be wrong
     */
    private record Told(TransactionTimes.Told what, int segments, boolean fromTheBeginning) {
        /** Whether it is certain that no transaction ended after the target. Those that were read tell of all before them. */
        boolean isNever() {
            return !what.reached() && (fromTheBeginning || what.last().isPresent());
        }

        /** Whether what was read tells neither. */
        boolean isOpen() {
            return !what.reached() && !isNever();
        }
    }

    /** Empty for other targets, and where the WAL tells nothing. */
    private Optional<Told> told() {
        if (!isTold && settings.target() instanceof RecoveryTarget.Time(var target)) {
            told = askWal(target).orElse(null);
        }
        isTold = true;
        return Optional.ofNullable(told);
    }

    private Optional<Told> askWal(Instant target) {
        List<SegmentName> unbroken = reach().unbroken(firstNeeded());
        // PostgreSQL stops at the first one after the target, or if that is to be left out, at it.
        Instant last = settings.inclusive() ? target : target.minus(1, ChronoUnit.MICROS);
        // The clocks of server and store differ: one segment earlier; and further back, until there is a transaction
        // that tells of all before it.
        int first = Math.max(0, Math.min(archivedBefore(target, unbroken), unbroken.size() - 1) - 1);
        Optional<Told> known = askWal(last, unbroken, first);
        for (int back = 1; first > 0 && known.map(Told::isOpen).orElse(false); back *= 2) {
            first = Math.max(0, first - back);
            Optional<Told> further = askWal(last, unbroken, first);
            if (further.isEmpty()) {
                break;
            }
            known = further;
        }
        return known;
    }

    private Optional<Told> askWal(Instant last, List<SegmentName> segments, int first) {
        return MajorVersion.ofText(backup.majorVersion())
                .flatMap(version -> new TransactionTimes(wal, version)
                        .after(last, segments.subList(Math.min(first, segments.size()), segments.size())))
                .map(what -> new Told(what, first + what.segments(), first == 0));
    }

    private Lsn firstNeeded() {
        return backup.needsArchive() ? backup.startLsn() : backup.stopLsn();
    }

    /**
     * Why recovery would fail at the end of the WAL, before it knows that it has reached its target time; empty when it would not, or when that
     * cannot be told. A standby waits for more; before 13 a server opens at the end, whatever the target.
     */
    Optional<PgkeepException> timeNotReached() {
        boolean fails = !settings.standby()
                && MajorVersion.ofText(backup.majorVersion())
                        .map(version -> version.isAtLeast(MajorVersion.V13))
                        .orElse(false);
        return told().filter(known -> fails && known.isNever()).map(Told::what).map(what -> {
            String wal = reach().lastFrom(backup.stopLsn().plus(-1))
                    .map(last -> "the WAL in the archive, up to " + last)
                    .orElse("the archive, which has no WAL that follows on backup " + backup.label());
            return new PgkeepException(
                    ErrorCode.TARGET_UNREACHABLE,
                    wal + ", has no transaction that ended after the target time"
                            + what.last()
                                    .map(time -> "; the last one ended at " + time)
                                    .orElse("")
                            + ": PostgreSQL would replay it all and fail",
                    "Leave the target out: the latest moment is the same state, as far as WAL was archived since then. Or take one not after"
                            + " the last transaction.");
        });
    }

    /**
     * Where recovery ends before the end of the archive's WAL, because a segment in between is missing or damaged; empty where it does not, or the
     * target is reached before that.
     */
    Optional<String> brokenOff() {
        boolean goesOn = switch (settings.target()) {
            case RecoveryTarget.Latest _, RecoveryTarget.Xid _, RecoveryTarget.Name _ -> true;
            case RecoveryTarget.Time _ ->
                told().map(known -> !known.what.reached()).orElse(true);
            case RecoveryTarget.Immediate _, RecoveryTarget.AtLsn _ -> false;
        };
        if (!goesOn || settings.restoreCommand().isEmpty()) {
            return Optional.empty();
        }
        WalReach reach = reach();
        List<SegmentName> unbroken = reach.unbroken(firstNeeded());
        SegmentName next = reach.expected(firstNeeded(), unbroken.size());
        boolean isDamaged = wal.damage().isNoted(next);
        return (isDamaged ? Optional.of(next) : reach.anyBehind(next))
                .map(behind -> "WAL segment " + next
                        + (isDamaged
                                ? " is damaged, and recovery fails there"
                                : " is not in the archive, and recovery ends before it, although there is WAL behind it, such as "
                                        + behind)
                        + ": what was committed from " + next.start(backup.segmentBytes()) + " on is not restored");
    }

    /**
     * Doubt whether the target time is reached, where the WAL itself does not tell: the archive tells when its last segment came, which is
     * later than what is in it.
     */
    Optional<String> doubt() {
        boolean isKnown =
                told().filter(known -> known.what.reached() || known.isNever()).isPresent();
        if (!(settings.target() instanceof RecoveryTarget.Time(var target)) || isKnown) {
            return Optional.empty();
        }
        Lsn from = backup.stopLsn().plus(-1);
        Optional<SegmentName> last = reach().lastFrom(from);
        return last.flatMap(this::archived)
                .filter(time -> time.isBefore(target))
                .map(time -> "the last WAL segment that follows on backup " + backup.label() + ", " + last.get()
                        + ", was archived at " + time + ", before the target time " + target
                        + ": recovery fails if nothing was committed after the target");
    }

    /** What recovery reads on it; the way must be free. */
    Way way() {
        Lsn from = firstNeeded();
        WalReach reach = reach();
        List<SegmentName> unbroken = reach.unbroken(from);
        int needed = backup.needsArchive() ? count(reach, from, backup.stopLsn().plus(-1), unbroken) : 0;
        int read = Math.max(needed, read(reach, from, unbroken));
        List<SegmentName> wal = staysCold() ? List.of() : unbroken.subList(0, read);
        Optional<Instant> archived = wal.isEmpty() ? Optional.empty() : archived(wal.getLast());
        return new Way(backup, history(), wal, reach.expected(from, unbroken.size()), archived, end(archived));
    }

    private static int count(WalReach reach, Lsn from, Lsn through, List<SegmentName> unbroken) {
        return (int) Math.min(reach.count(from, through), unbroken.size());
    }

    /** How many segments recovery reads until it is there. */
    private int read(WalReach reach, Lsn from, List<SegmentName> unbroken) {
        return switch (settings.target()) {
            case RecoveryTarget.Immediate _ -> 0;
            case RecoveryTarget.AtLsn(var lsn) -> count(reach, from, lsn, unbroken);
            case RecoveryTarget.Time(var time) ->
                Math.min(unbroken.size(), told().map(Told::segments).orElse(archivedBefore(time, unbroken) + 1));
            case RecoveryTarget.Latest _, RecoveryTarget.Xid _, RecoveryTarget.Name _ -> unbroken.size();
        };
    }

    /** How many were archived before a time: what is in them was written before it. Segments are archived in their order. */
    private int archivedBefore(Instant time, List<SegmentName> segments) {
        int before = 0;
        int end = segments.size();
        while (before < end) {
            int middle = (before + end) >>> 1;
            if (archived(segments.get(middle)).map(time::isAfter).orElse(false)) {
                before = middle + 1;
            } else {
                end = middle;
            }
        }
        return before;
    }

    private Optional<Instant> archived(SegmentName segment) {
        return wal.find(segment.toString())
                .flatMap(wal::info)
                .map(ObjectInfo::modified)
                .or(() -> wal.pieces().of(segment).lastStored());
    }

    private Way.End end(Optional<Instant> archived) {
        return switch (settings.target()) {
            case RecoveryTarget.Latest _, RecoveryTarget.Immediate _, RecoveryTarget.AtLsn _ -> Way.End.REACHED;
            case RecoveryTarget.Time(var time) -> {
                boolean early = told().map(known -> !known.what.reached())
                        .orElse(archived.map(time::isAfter).orElse(true));
                yield early ? Way.End.TOO_EARLY : Way.End.REACHED;
            }
            case RecoveryTarget.Xid _, RecoveryTarget.Name _ -> Way.End.UNKNOWN;
        };
    }
}
