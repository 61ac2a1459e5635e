package org.pgkeep.expire;

import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.repository.BackupMark;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupStatus;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Pin;

/**
 * What retention must know of a backup.
 *
 * @param base what it was compared with; empty for a full backup, and for one that was made one
 * @param differential the last differential backup of its line, which may be itself; empty where a merge may have taken it in
 * @param stopped no earlier moment can be restored with it
 * @param status how it is, but for WAL that it may lack
 * @param hold what keeps it besides policies
 */
public record Candidate(
        Label label,
        Optional<Label> base,
        Optional<Label> differential,
        Instant stopped,
        Stretch stretch,
        BackupStatus status,
        Hold hold) {

    /**
     * The WAL that makes it consistent.
     *
     * @param historyId which database cluster it is of
     * @param needed whether the archive must have it; a backup of a stopped cluster, or one that holds its WAL itself, does not need it,
     *     but leads to later moments from there
     * @param start where recovery begins
     * @param stop where the cluster is consistent
     */
    public record Stretch(
            int historyId, boolean needed, int startTimeline, Lsn start, int stopTimeline, Lsn stop, int segmentBytes) {
        /** The number of the segment with this byte: segments are counted from LSN 0. */
        private long number(Lsn lsn) {
            return Long.divideUnsigned(lsn.value(), segmentBytes);
        }

        long firstSegment() {
            return number(start);
        }

        long lastSegment() {
            return Math.max(firstSegment(), number(stop.plus(-1)));
        }
    }

    /** What keeps a backup besides policies. */
    public sealed interface Hold {
        /** Nothing. */
        record None() implements Hold {}

        /** A person. */
        record ByPin(Pin pin) implements Hold {}

        /** That it cannot be read whether a person does. */
        record Unknown(String why) implements Hold {}
    }

    /**
     * Of a record and what else is known.
     *
     * @param merged the full backups that were merged: one between a differential backup and this one may have taken that in
     */
    static Candidate of(
            BackupRecord record, BackupMark mark, Optional<String> unreadableMark, Collection<Label> merged) {
        Hold pinned = mark.pin().<Hold>map(Hold.ByPin::new).orElseGet(Hold.None::new);
        return new Candidate(
                record.label(),
                record.base(),
                record.differential()
                        .filter(old -> merged.stream()
                                .noneMatch(full -> old.compareTo(full) <= 0 && full.compareTo(record.label()) < 0)),
                record.stopped(),
                new Stretch(
                        record.historyId(),
                        record.needsArchive(),
                        record.startTimeline(),
                        record.startLsn(),
                        record.stopTimeline(),
                        record.stopLsn(),
                        record.segmentBytes()),
                BackupStatus.of(false, record.warnings().size(), mark),
                unreadableMark.<Hold>map(Hold.Unknown::new).orElse(pinned));
    }

    /** Whether the last look at its stored bytes found damage. */
    boolean damaged() {
        return status == BackupStatus.DAMAGED;
    }

    boolean isDifferential() {
        return differential.equals(Optional.of(label));
    }

    /** Whether it was compared with none. */
    boolean isFull() {
        return base.isEmpty();
    }
}
