package org.pgkeep.postgres.wal;

import java.util.Arrays;
import java.util.Optional;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.wal.SegmentSummary.Head;
import org.pgkeep.postgres.wal.SegmentSummary.Tail;

/** What a reader met at the beginning and at the end: what joins one segment's records to the next one's. */
final class Edges {
    private static final byte[] NONE = new byte[0];

    private Head head = Head.NONE;
    private boolean overwritten;
    private Optional<Tail> tail = Optional.empty();
    private long first;
    private long firstPrevious;
    private long last;

    /** The rest of a record from before, or as much as is here. */
    void head(Fragment fragment) {
        int got = fragment.got();
        head = new Head(got + fragment.missing(), got, fragment.checksum(), kept(fragment, Fragment.KEPT_BYTES), false);
    }

    /** The record from before is not continued, or not to its end. */
    void overwritten() {
        overwritten = true;
    }

    /** The first record that begins and ends here, and the one that it names as the one before. */
    void first(long lsn, long previous) {
        first = lsn;
        firstPrevious = previous;
    }

    /** The last record that begins and ends here; 0 for none. */
    void last(long lsn) {
        last = lsn;
    }

    /** A record that does not end here. */
    void open(Fragment fragment) {
        if (!fragment.isBegun()) {
            head(fragment);
            return;
        }
        boolean whole = fragment.keptBytes() < RecordDecoder.HEADER_BYTES
                || RecordBodies.isKept(RecordDecoder.resourceManager(fragment.kept(), 0));
        int most = whole ? Fragment.KEPT_BYTES : RecordDecoder.HEADERS_BYTES_MAX;
        tail = Optional.of(
                new Tail(new Lsn(fragment.lsn()), fragment.got(), fragment.checksum(), kept(fragment, most)));
    }

    private static byte[] kept(Fragment fragment, int most) {
        int count = Math.min(most, fragment.keptBytes());
        return count == 0 ? NONE : Arrays.copyOf(fragment.kept(), count);
    }

    Head headOfSegment() {
        return overwritten ? head.leftIncomplete() : head;
    }

    Optional<Tail> tail() {
        return tail;
    }

    Lsn first() {
        return new Lsn(first);
    }

    Lsn firstPrevious() {
        return new Lsn(firstPrevious);
    }

    Lsn last() {
        return new Lsn(last);
    }
}
