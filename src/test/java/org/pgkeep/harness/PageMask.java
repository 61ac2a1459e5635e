package org.pgkeep.harness;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Blanks what may differ between a page and the same page replayed from WAL, as {@code wal_consistency_checking} does
 * ({@code access/common/bufmask.c}, {@code heap_mask}, {@code btree_mask}): LSN, checksum, hint bits, free space.
 */
final class PageMask {
    private static final int HEADER = 24;
    private static final int CHECKSUM = 8;
    private static final int FLAGS = 10;
    private static final int LOWER = 12;
    private static final int UPPER = 14;
    private static final int SPECIAL = 16;
    private static final int PRUNE_XID = 20;

    /** {@code PD_HAS_FREE_LINES}, {@code PD_PAGE_FULL}, {@code PD_ALL_VISIBLE}. */
    private static final int HINT_FLAGS = 0x0007;

    /** Special space of a btree page: {@code BTPageOpaqueData}; hash and GiST have as much, and an id at its end. */
    private static final int BTREE_SPECIAL = 16;

    private static final int BTREE_CYCLE_ID_MAX = 0xFF7F;
    private static final int BTREE_FLAGS_FROM_END = 4;
    private static final int BTREE_DELETED = 1 << 2;
    private static final int BTREE_HAS_GARBAGE = 1 << 6;

    /** Special space of an SP-GiST page, and the id at its end ({@code access/spgist_private.h}); GIN has as much. */
    private static final int SPGIST_SPECIAL = 8;

    private static final int SPGIST_ID = 0xFF82;
    private static final int SPGIST_META = 1;
    private static final int SPGIST_LAST_USED = HEADER + 4;
    private static final int SPGIST_LAST_USED_BYTES = 8 * 8;

    private static final int LINE_NORMAL = 1;
    private static final int LINE_DEAD = 3;
    private static final int LINE_FLAGS_SHIFT = 15;
    private static final int LINE_FLAGS = 3 << LINE_FLAGS_SHIFT;
    private static final int TUPLE_HEADER = 23;
    private static final int CID = 8;
    private static final int INFOMASK = 20;

    /** {@code HEAP_XMIN_COMMITTED|INVALID}, {@code HEAP_XMAX_COMMITTED|INVALID}, {@code HEAP_COMBOCID}. */
    private static final int HINT_INFOMASK = 0x0F00 | 0x0020;

    private static final int XMIN_FROZEN = 0x0300;

    private PageMask() {}

    /** The page, changed in place. */
    static byte[] apply(byte[] page) {
        ByteBuffer buffer = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
        int lower = Short.toUnsignedInt(buffer.getShort(LOWER));
        int upper = Short.toUnsignedInt(buffer.getShort(UPPER));
        int special = Short.toUnsignedInt(buffer.getShort(SPECIAL));
        if (lower < HEADER || lower > upper || upper > special || special > page.length) {
            return page;
        }
        Arrays.fill(page, 0, FLAGS, (byte) 0);
        buffer.putShort(FLAGS, (short) (buffer.getShort(FLAGS) & ~HINT_FLAGS));
        buffer.putInt(PRUNE_XID, 0);
        Arrays.fill(page, lower, upper, (byte) 0);
        maskUnlogged(page);
        if (special == page.length) {
            maskHeap(buffer, lower);
        } else if (isBtree(buffer, special)) {
            maskBtree(buffer, lower, special);
        }
        return page;
    }

    /**
     * Blanks what PostgreSQL changes without WAL and without a new LSN, so that whoever goes by these cannot see it: on the first page of an
     * SP-GiST index, which pages with room it used last ({@code SpGistUpdateMetaPage}, {@code spgutils.c}). The server looks at such a page
     * before it trusts the note, which it also loses in a crash.
     */
    static byte[] maskUnlogged(byte[] page) {
        ByteBuffer buffer = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
        int special = page.length - SPGIST_SPECIAL;
        boolean meta = Short.toUnsignedInt(buffer.getShort(SPECIAL)) == special
                && Short.toUnsignedInt(buffer.getShort(page.length - 2)) == SPGIST_ID
                && (buffer.getShort(special) & SPGIST_META) != 0;
        if (meta) {
            buffer.putShort(CHECKSUM, (short) 0);
            Arrays.fill(page, SPGIST_LAST_USED, SPGIST_LAST_USED + SPGIST_LAST_USED_BYTES, (byte) 0);
        }
        return page;
    }

    private static boolean isBtree(ByteBuffer page, int special) {
        return page.capacity() - special == BTREE_SPECIAL
                && Short.toUnsignedInt(page.getShort(page.capacity() - 2)) <= BTREE_CYCLE_ID_MAX;
    }

    private static void maskHeap(ByteBuffer page, int lower) {
        for (int at = HEADER; at < lower; at += 4) {
            int line = page.getInt(at);
            int offset = line & 0x7FFF;
            int length = line >>> 17;
            if ((line & LINE_FLAGS) == LINE_NORMAL << LINE_FLAGS_SHIFT
                    && length >= TUPLE_HEADER
                    && offset + length <= page.capacity()) {
                maskTuple(page, offset);
            }
        }
    }

    private static void maskTuple(ByteBuffer page, int offset) {
        int infomask = Short.toUnsignedInt(page.getShort(offset + INFOMASK));
        boolean frozen = (infomask & XMIN_FROZEN) == XMIN_FROZEN;
        int hints = frozen ? HINT_INFOMASK & ~XMIN_FROZEN : HINT_INFOMASK;
        page.putShort(offset + INFOMASK, (short) (infomask & ~hints));
        // Command ids mean nothing to another transaction, and replay does not restore them.
        page.putInt(offset + CID, 0);
    }

    private static void maskBtree(ByteBuffer page, int lower, int special) {
        int flagsAt = page.capacity() - BTREE_FLAGS_FROM_END;
        int flags = Short.toUnsignedInt(page.getShort(flagsAt));
        if ((flags & BTREE_DELETED) != 0) {
            for (int at = HEADER; at < special; at++) {
                page.put(at, (byte) 0);
            }
        }
        for (int at = HEADER; at < lower; at += 4) {
            int line = page.getInt(at);
            if ((line & LINE_FLAGS) == LINE_DEAD << LINE_FLAGS_SHIFT) {
                page.putInt(at, (line & ~LINE_FLAGS) | (LINE_NORMAL << LINE_FLAGS_SHIFT));
            }
        }
        page.putShort(flagsAt, (short) (flags & ~BTREE_HAS_GARBAGE));
        page.putShort(page.capacity() - 2, (short) 0);
    }
}
