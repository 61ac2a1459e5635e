package org.pgkeep.expire;

import java.util.List;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.repository.Label;

/**
 * What stays, what goes, and why.
 *
 * @param backups every one, oldest first
 * @param wal every range of archived WAL, by history, timeline and LSN
 */
public record Plan(List<Fate> backups, List<WalFate> wal) {
    public Plan {
        backups = List.copyOf(backups);
        wal = List.copyOf(wal);
    }

    /** What becomes of a backup. */
    public sealed interface Fate {
        /** Which backup. */
        Label label();

        /**
         * It stays.
         *
         * @param anyMoment whether the WAL that follows it stays, too; otherwise it leads only to its own end
         */
        record Stays(Label label, List<Reason> reasons, boolean anyMoment) implements Fate {
            public Stays {
                reasons = List.copyOf(reasons);
            }
        }

        /** It goes. */
        record Goes(Label label, List<Objection> objections) implements Fate {
            public Goes {
                objections = List.copyOf(objections);
            }
        }
    }

    /**
     * What becomes of a range of WAL.
     *
     * @param segments how many of it are there
     */
    public record WalFate(
            int historyId, SegmentName first, SegmentName last, long segments, boolean stays, List<WalReason> reasons) {
        public WalFate {
            reasons = List.copyOf(reasons);
        }

        /** Whether a segment is in it. */
        boolean holds(SegmentName segment) {
            return first.compareTo(segment) <= 0 && segment.compareTo(last) <= 0;
        }
    }

    /** The backups that go, oldest first. */
    public List<Label> going() {
        return backups.stream()
                .filter(fate -> fate instanceof Fate.Goes)
                .map(Fate::label)
                .toList();
    }

    /** The backups that stay, oldest first. */
    public List<Fate.Stays> staying() {
        return backups.stream()
                .filter(fate -> fate instanceof Fate.Stays)
                .map(Fate.Stays.class::cast)
                .toList();
    }

    /** The WAL that goes, in order. */
    public List<WalFate> goingWal() {
        return wal.stream().filter(fate -> !fate.stays()).toList();
    }

    /** Whether everything stays. */
    public boolean isEmpty() {
        return going().isEmpty() && goingWal().isEmpty();
    }
}
