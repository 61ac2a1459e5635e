package org.pgkeep.restore;

import org.pgkeep.repository.Extent;
import org.pgkeep.repository.PackNumbers;
import org.pgkeep.spool.SortedRecords;

/**
 * The records by which the plan is sorted: one for each run of blocks that a frame holds of a file, three {@code long}s. Sorted by
 * the first two, the pieces of a frame are together, and in it those of a file in order.
 *
 * <pre>
 * 0  source (16 bits) · pack (20) · frame (28)     all zero: blocks of zeros, or a file without a stored block
 * 1  file (32) · first block in the frame (8) · blocks (8)
 * 2  first block in the file
 * </pre>
 */
final class Piece {
    static final int LONGS = 3;
    static final int KEY_LONGS = 2;
    static final int SOURCES_MAX = (1 << 16) - 1;
    static final int PACKS_MAX = PackNumbers.MAX;
    static final int FRAMES_MAX = (1 << 28) - 1;

    /** The frame of files that need none. */
    static final long NO_FRAME = 0;

    private Piece() {}

    static void add(SortedRecords pieces, int file, Extent extent, long firstBlock) {
        long frame = (long) extent.source() << 48 | (long) extent.pack() << 28 | extent.frame();
        pieces.add(frame, (long) file << 32 | (long) extent.firstBlock() << 8 | extent.blocks(), firstBlock);
    }

    static void addEmpty(SortedRecords pieces, int file) {
        addZeros(pieces, file, 0, 0);
    }

    static void addZeros(SortedRecords pieces, int file, long firstBlock, int blocks) {
        pieces.add(NO_FRAME, (long) file << 32 | blocks, firstBlock);
    }

    /** Without the frame: equal for pieces of one pack. */
    static long packOf(long frame) {
        return frame >>> 28;
    }

    static int source(long frame) {
        return (int) (frame >>> 48);
    }

    static int pack(long frame) {
        return (int) (frame >>> 28) & PACKS_MAX;
    }

    static int frame(long frame) {
        return (int) frame & FRAMES_MAX;
    }

    static int file(long place) {
        return (int) (place >>> 32);
    }

    static int firstInFrame(long place) {
        return (int) (place >>> 8) & 0xFF;
    }

    static int blocks(long place) {
        return (int) place & 0xFF;
    }
}
