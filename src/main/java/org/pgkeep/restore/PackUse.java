package org.pgkeep.restore;

import java.util.HashMap;
import java.util.Map;

/**
 * How much memory the indexes of packs will take that are open at a time when pieces are worked off in the order of {@link PieceOrder#FILES}, as
 * far as the pieces tell.
 */
final class PackUse {
    /** A frame with 128 blocks, see {@code Frame}. */
    private static final long FRAME_BYTES = 1200;

    private static final long PART_BYTES = 40;

    private final Map<Long, Pack> packs = new HashMap<>();

    private static final class Pack {
        private int lastFrame;
        private long pieces;

        private long indexBytes() {
            return (lastFrame + 1) * FRAME_BYTES + pieces * PART_BYTES;
        }
    }

    /** A piece of this frame. */
    void add(long frame) {
        Pack pack = packs.computeIfAbsent(Piece.packOf(frame), _ -> new Pack());
        pack.lastFrame = Math.max(pack.lastFrame, Piece.frame(frame));
        pack.pieces++;
    }

    /** The largest of each source. */
    long indexBytes() {
        Map<Integer, Long> largest = new HashMap<>();
        packs.forEach(
                (key, pack) -> largest.merge(Piece.source(key << Piece.FRAME_BITS), pack.indexBytes(), Math::max));
        return largest.values().stream().mapToLong(Long::longValue).sum();
    }
}
