package org.pgkeep.restore;

import org.pgkeep.repository.Extent;
import org.pgkeep.repository.PackNumbers;

/**
 * One run of blocks that a frame holds of a file, three {@code long}s.
 *
 * <pre>
 * frame       source (16 bits) · pack (20) · frame (28)     all zero: blocks of zeros, or a file without a stored block
 * place       file (32) · first block in the frame (8) · blocks (8)
 * first block in the file
 * </pre>
 *
 * They are sorted in one of two ways, see {@link PieceOrder}.
 */
final class Piece {
    static final int SOURCES_MAX = (1 << 16) - 1;
    static final int PACKS_MAX = PackNumbers.MAX;
    static final int FRAME_BITS = 28;
    static final int FRAMES_MAX = (1 << FRAME_BITS) - 1;

    /** The frame of files that need none. */
    static final long NO_FRAME = 0;

    private Piece() {}

    static long frame(Extent extent) {
        return (long) extent.source() << 48 | (long) extent.pack() << FRAME_BITS | extent.frame();
    }

    static long place(int file, int firstInFrame, int blocks) {
        return (long) file << 32 | (long) firstInFrame << 8 | blocks;
    }

    /** Without the frame: equal for pieces of one pack. */
    static long packOf(long frame) {
        return frame >>> FRAME_BITS;
    }

    static int source(long frame) {
        return (int) (frame >>> 48);
    }

    static int pack(long frame) {
        return (int) (frame >>> FRAME_BITS) & PACKS_MAX;
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
