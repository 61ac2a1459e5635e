package org.pgkeep.restore;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.Label;

/**
 * How much memory the indexes of packs may take that are open at a time when pieces are worked off in the order of {@link PieceOrder#FILES}:
 * rather too much than too little.
 */
final class PackUse {
    /** A frame that holds 128 blocks of one file, as most do of a full backup. */
    private static final long FULL_FRAME_BYTES = 1400;

    /** A frame that holds 128 blocks from as many places. */
    private static final long SCATTERED_FRAME_BYTES = 128 * 48 + 1400;

    /** A part of a frame with a path of its own, as of small files. */
    private static final long PART_BYTES = 120;

    private final List<Label> sources;
    private final Map<Long, Pack> packs = new HashMap<>();

    /** Of these sources, which pieces count from 1. */
    PackUse(List<Label> sources) {
        this.sources = sources;
    }

    private static final class Pack {
        private int lastFrame;
        private int file = -1;
        private long files;

        private long indexBytes(boolean full) {
            return (lastFrame + 1) * (full ? FULL_FRAME_BYTES : SCATTERED_FRAME_BYTES) + files * PART_BYTES;
        }
    }

    /** A piece of this frame belongs to this file; those of a file come together. */
    void add(long frame, int file) {
        Pack pack = packs.computeIfAbsent(Piece.packOf(frame), _ -> new Pack());
        pack.lastFrame = Math.max(pack.lastFrame, Piece.frame(frame));
        pack.files += file == pack.file ? 0 : 1;
        pack.file = file;
    }

    /** Of each source the two largest: its workers took turns, and ours are at several places. */
    long indexBytes() {
        Map<Integer, long[]> largest = new HashMap<>();
        packs.forEach((key, pack) -> {
            int source = Piece.source(key << Piece.FRAME_BITS);
            long bytes = pack.indexBytes(sources.get(source - 1).type() == BackupType.FULL);
            long[] two = largest.computeIfAbsent(source, _ -> new long[2]);
            two[1] = Math.max(two[1], Math.min(two[0], bytes));
            two[0] = Math.max(two[0], bytes);
        });
        return largest.values().stream().mapToLong(two -> two[0] + two[1]).sum();
    }
}
