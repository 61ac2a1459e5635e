package org.pgkeep.postgres.wal;

import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.WalHeader;

/**
 * Headers of WAL pages: {@code XLogPageHeaderData}, and {@code XLogLongPageHeaderData} at the beginning of a segment
 * ({@code access/xlog_internal.h}).
 *
 * <pre>
 *  0  magic   2  flags   4  timeline   8  address   16  bytes that remain of a record from before
 * 24  system identifier   32  segment size   36  page size                                          (long ones)
 * </pre>
 */
final class PageHeaders {
    private static final int SHORT_BYTES = 24;

    /** {@code XLP_LONG_HEADER}. */
    private static final int LONG = 0x0002;

    /** {@code XLP_ALL_FLAGS}. */
    private static final int ALL_FLAGS = 0x000F;

    private final WalHeader facts;
    private final Place place;
    private int timeline;

    /** Headers of the segment with these facts, and of those after it. */
    PageHeaders(WalHeader facts, Place place) {
        this.facts = facts;
        this.place = place;
    }

    static int length(boolean segmentBegins) {
        return segmentBegins ? WalHeader.BYTES : SHORT_BYTES;
    }

    static int flags(byte[] page, int offset) {
        return LittleEndian.uint16(page, offset + 2);
    }

    static int remaining(byte[] page, int offset) {
        return LittleEndian.int32(page, offset + 16);
    }

    /**
     * Refuses a page that does not belong where it is.
     *
     * @throws PgkeepException {@code CLUSTER_DAMAGED}
     */
    void require(byte[] page, int offset, long address, boolean segmentBegins) {
        int flags = flags(page, offset);
        if (LittleEndian.uint16(page, offset) != facts.version().walMagic()) {
            throw place.damaged("its page has magic number 0x%04X, not that of PostgreSQL %s"
                    .formatted(
                            LittleEndian.uint16(page, offset), facts.version().text()));
        }
        if ((flags & ~ALL_FLAGS) != 0 || ((flags & LONG) != 0) != segmentBegins) {
            throw place.damaged("its page has flags 0x%04X".formatted(flags));
        }
        long own = LittleEndian.int64(page, offset + 8);
        if (own != address) {
            throw place.damaged("its page is that of %X/%X".formatted(own >>> 32, own & 0xFFFF_FFFFL));
        }
        requireTimeline(LittleEndian.int32(page, offset + 4));
        if (segmentBegins) {
            requireSame(page, offset);
        }
    }

    /** Timelines only grow, up to the segment's own: a new timeline's first segment begins with a copy of the old one's. */
    private void requireTimeline(int own) {
        boolean grows = Integer.compareUnsigned(own, timeline) >= 0
                && Integer.compareUnsigned(own, place.segment().timeline()) <= 0;
        if (!grows) {
            throw place.damaged("its page is of timeline " + Integer.toUnsignedString(own));
        }
        timeline = own;
    }

    private void requireSame(byte[] page, int offset) {
        boolean same = LittleEndian.int64(page, offset + 24) == facts.systemIdentifier()
                && LittleEndian.int32(page, offset + 32) == facts.segmentBytes()
                && LittleEndian.int32(page, offset + 36) == facts.blockBytes();
        if (!same) {
            throw place.damaged("it is of another cluster, or has other sizes than the segment before");
        }
    }
}
