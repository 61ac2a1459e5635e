package org.pgkeep.verify;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Ledger;
import org.pgkeep.repository.LedgerObject;
import org.pgkeep.repository.Validation;
import org.pgkeep.repository.WalRuns;

/** What of one cluster was looked at when: says what need not be read again, and writes down what was. Thread-safe. */
final class Looks {
    private final LedgerObject object;
    private final Ledger ledger;
    private final Verify.Request request;
    private final Instant now;
    private final boolean replaceable;

    /** As the cluster's ledger says; one that cannot be read says nothing. */
    Looks(ClusterStore cluster, Verify.Request request, Instant now, Findings findings) {
        this.object = cluster.ledger();
        this.request = request;
        this.now = now;
        Ledger read = new Ledger();
        boolean mine = true;
        try {
            read = object.read();
        } catch (PgkeepException e) {
            if (e.code() != ErrorCode.DAMAGED && e.code() != ErrorCode.TOO_NEW) {
                throw e;
            }
            mine = e.code() == ErrorCode.DAMAGED;
            findings.note(
                    object.location(),
                    List.of(),
                    "what was verified when cannot be told, so that all is verified: " + e.getMessage());
        }
        this.ledger = read;
        this.replaceable = mine;
    }

    /** When this run began: what it reads was sound then. */
    Instant now() {
        return now;
    }

    private Validation.Depth depth() {
        return request.deep() ? Validation.Depth.DEEP : Validation.Depth.SCRUB;
    }

    private boolean isRecent(Instant look) {
        return request.since().map(since -> !look.isBefore(since)).orElse(false);
    }

    /** The look at a pack that makes another one needless; empty when it must be read. */
    Optional<Instant> recent(Label label, int pack) {
        return ledger.look(label, pack, depth()).filter(this::isRecent);
    }

    /** A pack was read. */
    void read(Label label, int pack, boolean sound) {
        if (sound) {
            ledger.sound(label, pack, depth(), now);
        } else {
            ledger.forget(label, pack);
        }
    }

    /** The same of the WAL of a database cluster: names come in order, contents as workers are done with them. */
    Wal wal(int historyId, Optional<Integer> segmentBytes) {
        return new Wal(historyId, segmentBytes);
    }

    /** Looks at WAL. */
    final class Wal {
        private final int historyId;
        private final Optional<Integer> segmentBytes;
        private final WalRuns before;
        private final WalRuns after = new WalRuns(List.of());

        private Wal(int historyId, Optional<Integer> segmentBytes) {
            this.historyId = historyId;
            this.segmentBytes = segmentBytes;
            this.before = ledger.wal(historyId);
        }

        /** The look at a segment that makes another one needless; empty when it must be read. */
        synchronized Optional<Instant> recent(SegmentName segment) {
            Optional<Instant> look = before.look(segment).filter(Looks.this::isRecent);
            segmentBytes.ifPresent(bytes -> after.add(segment, look.orElse(now), bytes));
            return look;
        }

        synchronized void damaged(SegmentName segment) {
            segmentBytes.ifPresent(bytes -> after.remove(segment, bytes));
        }

        /** All segments were gone through. */
        synchronized void done() {
            ledger.putWal(historyId, after);
        }
    }

    /**
     * Writes it down, if this run is to leave anything.
     *
     * @param labels the labels that have packs, if all were gone through
     */
    void write(Optional<Set<Label>> labels, Findings findings) {
        if (!request.mark() || !replaceable) {
            return;
        }
        labels.ifPresent(ledger::retain);
        try {
            if (!object.write(ledger)) {
                findings.note(
                        object.location(),
                        List.of(),
                        "another verification was faster: when this one looked at what is not written down");
            }
        } catch (PgkeepException e) {
            switch (e.code()) {
                case PERMISSION, DISK_FULL, STORAGE -> {
                    // Told where the marks are written, which fail as well.
                }
                default -> throw e;
            }
        }
    }
}
