package org.pgkeep.postgres.wal;

import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.CrcSum;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.MajorVersion;

/**
 * Tells what the WAL of consecutive segments changes, from their summaries, and proves that they belong together: each begins where
 * the one before it ends, a record that is cut by the boundary is completed and its checksum proved, and the first record of each
 * names the last one before. For one thread.
 */
public final class SummaryChain {
    private final WalSink sink;
    private final MajorVersion version;
    private @Nullable SegmentSummary before;
    private Lsn last = Lsn.INVALID;
    private @Nullable Cut cut;

    /** A chain to come, of segments that this version wrote. */
    public SummaryChain(MajorVersion version, WalSink sink) {
        this.version = version;
        this.sink = sink;
    }

    /** A record whose beginning is known. */
    private static final class Cut {
        private final Lsn lsn;
        private final int total;
        private byte[] kept;
        private int got;
        private int checksum;

        Cut(SegmentSummary.Tail tail) {
            lsn = tail.lsn();
            total = RecordDecoder.length(tail.kept(), 0);
            kept = tail.kept();
            got = tail.bytes();
            checksum = tail.checksum();
        }

        int missing() {
            return total - got;
        }

        void add(SegmentSummary.Head head) {
            int headerBytes = Math.clamp(RecordDecoder.HEADER_BYTES - got, 0, head.bytes());
            int ofBody = head.checksum();
            if (headerBytes > 0) {
                CRC32C ofHeader = new CRC32C();
                ofHeader.update(head.kept(), 0, headerBytes);
                ofBody = CrcSum.combined((int) ofHeader.getValue(), ofBody, head.bytes() - headerBytes);
            }
            checksum = CrcSum.combined(checksum, ofBody, head.bytes() - headerBytes);
            if (kept.length == got) {
                kept = Arrays.copyOf(kept, got + head.kept().length);
                System.arraycopy(head.kept(), 0, kept, got, head.kept().length);
            }
            got += head.bytes();
        }

        /** Of what follows the header, then of the header, as a record's is. */
        int recordChecksum() {
            CRC32C ofHeader = new CRC32C();
            ofHeader.update(kept, 0, RecordDecoder.HEADER_BYTES - 4);
            return CrcSum.combined(checksum, (int) ofHeader.getValue(), RecordDecoder.HEADER_BYTES - 4);
        }
    }

    /**
     * Tells what the next segment's records change, and the record that ends in it.
     *
     * @return where a record begins that is too long to be told from summaries: what it changes must be read from the segments
     * @throws PgkeepException {@code CLUSTER_DAMAGED} when the segment does not follow the one before
     */
    public Optional<Lsn> add(SegmentSummary next) {
        Place place = new Place(next.segment());
        place.at(next.start().value());
        SegmentSummary previous = before;
        before = next;
        if (next.version() != version) {
            throw place.damaged("it was written by PostgreSQL " + next.version().text());
        }
        if (previous != null && !previous.end().equals(next.start())) {
            throw place.damaged("it does not follow segment " + previous.segment());
        }
        Optional<Lsn> unread = previous == null ? Optional.empty() : join(next, place);
        if (!next.first().isInvalid()) {
            requirePrevious(next.first(), next.firstPrevious(), place);
            last = next.last();
        }
        if (next.tail().isPresent()) {
            cut = new Cut(next.tail().get());
        }
        next.references().tell(sink);
        return unread;
    }

    private Optional<Lsn> join(SegmentSummary next, Place place) {
        SegmentSummary.Head head = next.head();
        Cut open = cut;
        if (open == null) {
            if (head.missing() != 0) {
                throw place.damaged("it continues a record, but none is incomplete before it");
            }
            return Optional.empty();
        }
        if (head.missing() != 0 || !head.overwritten()) {
            if (head.missing() != open.missing()) {
                throw place.damaged("it does not continue the record that begins at " + open.lsn);
            }
            open.add(head);
        }
        if (head.overwritten()) {
            cut = null;
            return Optional.empty();
        }
        return open.missing() == 0 ? complete(open, place) : Optional.empty();
    }

    private Optional<Lsn> complete(Cut whole, Place place) {
        cut = null;
        place.at(whole.lsn.value());
        if (whole.recordChecksum() != RecordDecoder.checksum(whole.kept, 0)) {
            throw place.damaged("the checksum of the record is wrong");
        }
        requirePrevious(whole.lsn, new Lsn(RecordDecoder.previous(whole.kept, 0)), place);
        last = whole.lsn;
        RecordDecoder decoder = new RecordDecoder(version, sink, place);
        boolean told =
                decoder.tell(whole.kept, 0, Math.min(whole.kept.length, whole.total), whole.total, whole.lsn.value());
        return told ? Optional.empty() : Optional.of(whole.lsn);
    }

    private void requirePrevious(Lsn record, Lsn named, Place place) {
        if (!last.isInvalid() && !named.equals(last)) {
            place.at(record.value());
            throw place.damaged("the record names " + named + " as the one before it, which is at " + last);
        }
    }

    /**
     * Proves that every record before an LSN was told.
     *
     * @throws PgkeepException {@code CLUSTER_DAMAGED} when summaries end before it, or in the middle of a record
     */
    public void requireReached(Lsn wanted) {
        SegmentSummary end = before;
        if (end == null) {
            return;
        }
        Place place = new Place(end.segment());
        place.at(end.end().value());
        if (end.end().isBefore(wanted)) {
            throw place.damaged("WAL ends here, before " + wanted);
        }
        Cut open = cut;
        if (open != null && open.lsn.isBefore(wanted)) {
            place.at(open.lsn.value());
            throw place.damaged("the record does not end before " + wanted);
        }
    }
}
