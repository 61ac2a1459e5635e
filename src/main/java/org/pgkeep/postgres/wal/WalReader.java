package org.pgkeep.postgres.wal;

import java.util.zip.CRC32C;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.WalHeader;

/**
 * Reads WAL, page by page from the beginning of a segment through one or more consecutive ones, and tells what its records change.
 * Everything that PostgreSQL's own reader proves is proved: page headers, lengths, checksums, that each record names the one before
 * it ({@code access/transam/xlogreader.c}). What does not hold is an error with segment and LSN. For one thread.
 *
 * <pre>
 * page:    header; the rest of a record that is continued here, or that is overwritten; records
 * record:  on this page alone → told at once, without a copy; longer → {@link Fragment}
 * switch:  the rest of the segment is not looked at
 * </pre>
 */
public final class WalReader {
    /** {@code XLP_FIRST_IS_CONTRECORD}. */
    private static final int CONTINUED = 0x0001;

    /** {@code XLP_FIRST_IS_OVERWRITE_CONTRECORD}: what was written of a record before a crash is not continued. */
    private static final int OVERWRITTEN = 0x0008;

    private static final long UNKNOWN = -1;

    private final PageHeaders headers;
    private final Place place;
    private final RecordDecoder decoder;
    private final CRC32C crc = new CRC32C();
    private final Fragment fragment = new Fragment();
    private final WalHeader facts;
    private final long end;
    private long pageAddress;
    private boolean first = true;
    private boolean skipsSegment;
    private boolean done;
    private long previous = UNKNOWN;
    private final Edges edges = new Edges();

    /**
     * A reader.
     *
     * @param facts of the first segment
     * @param segment the first
     * @param end where reading ends: records that begin there or later are not told
     */
    public WalReader(WalHeader facts, SegmentName segment, Lsn end, WalSink sink) {
        this.facts = facts;
        this.place = new Place(segment);
        this.headers = new PageHeaders(facts, place);
        this.decoder = new RecordDecoder(facts.version(), sink, place);
        this.pageAddress = segment.start(facts.segmentBytes()).value();
        this.end = end.value();
    }

    /** The next page is the first of this segment, which follows the one before. */
    public void segment(SegmentName next) {
        place.enter(next);
        place.at(pageAddress);
        if (next.start(facts.segmentBytes()).value() != pageAddress) {
            throw place.damaged("it does not follow what was read before");
        }
    }

    /** Whether the end was reached: further pages say nothing. */
    public boolean isDone() {
        return done;
    }

    /** Whether pages to come of this segment are not looked at: the end was reached, or the server left the rest unused. */
    public boolean skipsSegment() {
        return done || skipsSegment;
    }

    /** The place that was looked at last. */
    Lsn reached() {
        return place.lsn();
    }

    /** LSN of the next page. */
    long pageAddress() {
        return pageAddress;
    }

    /**
     * Reads the next page.
     *
     * @throws PgkeepException {@code CLUSTER_DAMAGED} when it is not what PostgreSQL writes, or not understood
     */
    public void page(byte[] bytes, int offset) {
        boolean segmentBegins = pageAddress % facts.segmentBytes() == 0;
        skipsSegment &= !segmentBegins;
        if (!done && !skipsSegment) {
            place.at(pageAddress);
            headers.require(bytes, offset, pageAddress, segmentBegins);
            int at = offset + PageHeaders.length(segmentBegins);
            int after = continued(bytes, offset, at);
            records(bytes, offset, after);
        }
        pageAddress += facts.blockBytes();
        first = false;
    }

    /** What a page has of a record from before; returns where the next one may begin. */
    private int continued(byte[] bytes, int offset, int at) {
        int flags = PageHeaders.flags(bytes, offset);
        int remaining = PageHeaders.remaining(bytes, offset);
        boolean continues = (flags & CONTINUED) != 0;
        if (first && continues) {
            fragment.resume(remaining);
        }
        if ((flags & OVERWRITTEN) != 0) {
            leave();
            return at;
        }
        if (continues != fragment.isOpen()) {
            throw notContinued(continues);
        }
        if (!continues) {
            return at;
        }
        if (remaining != fragment.missing() || remaining <= 0) {
            throw place.damaged("the page continues a record by " + Integer.toUnsignedString(remaining) + " bytes, "
                    + fragment.missing() + " are missing");
        }
        int count = Math.min(remaining, offset + facts.blockBytes() - at);
        fragment.add(bytes, at, count);
        int after = offset + aligned(at + count - offset);
        if (fragment.missing() == 0) {
            complete();
            skipsSegment |= isRestOfSwitch() && RecordDecoder.length(bytes, after) == 0;
        }
        return after;
    }

    /**
     * Whether what came in may be the end of a switch whose beginning is in a segment that is not read. It is one if nothing follows it: a record
     * of another kind is followed by the next one. A switch has no more than a header, so that it ends well before the page does.
     */
    private boolean isRestOfSwitch() {
        int beforeBytes = RecordDecoder.HEADER_BYTES - fragment.got();
        return !fragment.isBegun()
                && (beforeBytes == 8 || beforeBytes == 16)
                && isSwitch(fragment.kept(), -beforeBytes)
                && RecordDecoder.isPadded(fragment.kept(), -beforeBytes)
                && (beforeBytes == 16 || isBefore(RecordDecoder.previous(fragment.kept(), -beforeBytes)));
    }

    /** Whether a record may begin there that is before this page. */
    private boolean isBefore(long lsn) {
        return lsn != 0 && lsn % 8 == 0 && Long.compareUnsigned(lsn, pageAddress) < 0;
    }

    private static boolean isSwitch(byte[] bytes, int at) {
        return RecordDecoder.resourceManager(bytes, at) == Rmgr.XLOG
                && (RecordDecoder.info(bytes, at) & Rmgr.OWN_INFO) == Rmgr.XLOG_SWITCH;
    }

    private PgkeepException notContinued(boolean continues) {
        return place.damaged(
                continues
                        ? "the page continues a record, but none is incomplete"
                        : "the page does not continue the record that begins at " + new Lsn(fragment.lsn()));
    }

    private void leave() {
        boolean fromBefore = fragment.isOpen() && !fragment.isBegun();
        if (fromBefore) {
            edges.head(fragment);
        }
        if (first || fromBefore) {
            edges.overwritten();
        }
        fragment.close();
    }

    private void complete() {
        fragment.close();
        if (!fragment.isBegun()) {
            edges.head(fragment);
            return;
        }
        place.at(fragment.lsn());
        accept(fragment.kept(), 0, fragment.keptBytes(), fragment.total(), fragment.lsn(), fragment.recordChecksum());
    }

    /** Records are aligned to 8 bytes. */
    private static int aligned(int bytes) {
        return (bytes + 7) & ~7;
    }

    private void records(byte[] bytes, int offset, int from) {
        int pageEnd = offset + facts.blockBytes();
        int at = from;
        while (at < pageEnd && !skipsSegment) {
            long lsn = pageAddress + (at - offset);
            if (Long.compareUnsigned(lsn, end) >= 0) {
                done = true;
                return;
            }
            place.at(lsn);
            int total = RecordDecoder.length(bytes, at);
            if (total < RecordDecoder.HEADER_BYTES || total > RecordDecoder.RECORD_BYTES_MAX) {
                throw place.damaged("a record has the length " + Integer.toUnsignedString(total));
            }
            if (total > pageEnd - at) {
                fragment.begin(lsn, total);
                fragment.add(bytes, at, pageEnd - at);
                return;
            }
            accept(bytes, at, total, total, lsn, checksum(bytes, at, total));
            at = offset + aligned(at + total - offset);
        }
    }

    private int checksum(byte[] bytes, int at, int total) {
        crc.reset();
        crc.update(bytes, at + RecordDecoder.HEADER_BYTES, total - RecordDecoder.HEADER_BYTES);
        crc.update(bytes, at, RecordDecoder.HEADER_BYTES - 4);
        return (int) crc.getValue();
    }

    private void accept(byte[] bytes, int at, int available, int total, long lsn, int checksum) {
        if (RecordDecoder.checksum(bytes, at) != checksum) {
            throw place.damaged("the checksum of the record is wrong");
        }
        long named = RecordDecoder.previous(bytes, at);
        if (previous == UNKNOWN) {
            edges.first(lsn, named);
        } else if (named != previous) {
            throw place.damaged(
                    "the record names " + new Lsn(named) + " as the one before it, which is at " + new Lsn(previous));
        }
        previous = lsn;
        if (!decoder.tell(bytes, at, available, total, lsn)) {
            throw place.damaged("the record's headers are too long");
        }
        skipsSegment |= isSwitch(bytes, at);
    }

    /** What a summary must know of the beginning and the end of what was read, which is now over. */
    Edges edges() {
        edges.last(previous == UNKNOWN ? 0 : previous);
        if (fragment.isOpen()) {
            edges.open(fragment);
        }
        return edges;
    }
}
