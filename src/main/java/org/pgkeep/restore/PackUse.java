package org.pgkeep.restore;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.Label;

/**
 * About how much memory the indexes of packs take that are needed at a time when pieces are worked off in the order of {@link PieceOrder#FILES}:
 * each from its first piece to its last. Frames behind the last one that the backup needs are not known of.
 */
final class PackUse {
    /** A frame that holds 128 blocks of one file in one part, as most do of a full backup: their hashes. */
    private static final long FULL_FRAME_BYTES = 128 * 8 + 400;

    /** A frame that holds 128 blocks from as many places: their hashes and places. */
    private static final long SCATTERED_FRAME_BYTES = 128 * (8 + 9 + 4) + 400;

    /** A part of a frame with a path of its own, as of small files. */
    private static final long PART_BYTES = 100;

    private final List<Label> sources;
    private final Map<Long, Pack> packs = new HashMap<>();

    /** Of each source the one that was used last: mostly it is used next. */
    private final @Nullable Pack[] last;

    private long pieces;

    /** Of these sources, which pieces count from 1. */
    PackUse(List<Label> sources) {
        this.sources = sources;
        this.last = new Pack[sources.size()];
    }

    private static final class Pack {
        private final long key;
        private final boolean isFull;
        private final long firstPiece;
        private long lastPiece;
        private int lastFrame;
        private int file = -1;
        private long files;

        private Pack(long key, boolean isFull, long firstPiece) {
            this.key = key;
            this.isFull = isFull;
            this.firstPiece = firstPiece;
        }

        private long indexBytes() {
            return (lastFrame + 1) * (isFull ? FULL_FRAME_BYTES : SCATTERED_FRAME_BYTES) + files * PART_BYTES;
        }
    }

    /** A piece of this frame belongs to this file; they come in the order of the files. */
    void add(long frame, int file) {
        Pack pack = pack(frame);
        pack.lastPiece = pieces;
        pack.lastFrame = Math.max(pack.lastFrame, Piece.frame(frame));
        pack.files += file == pack.file ? 0 : 1;
        pack.file = file;
        pieces++;
    }

    private Pack pack(long frame) {
        int source = Piece.source(frame) - 1;
        Pack known = last[source];
        if (known != null && known.key == Piece.packOf(frame)) {
            return known;
        }
        boolean isFull = sources.get(source).type() == BackupType.FULL;
        Pack pack = packs.computeIfAbsent(Piece.packOf(frame), key -> new Pack(key, isFull, pieces));
        last[source] = pack;
        return pack;
    }

    /** The most that is needed at any place. */
    long indexBytes() {
        List<Pack> byFirst = new ArrayList<>(packs.values());
        byFirst.sort(Comparator.comparingLong(pack -> pack.firstPiece));
        PriorityQueue<Pack> open = new PriorityQueue<>(Comparator.comparingLong((Pack pack) -> pack.lastPiece));
        long bytes = 0;
        long most = 0;
        for (Pack pack : byFirst) {
            while (!open.isEmpty() && open.peek().lastPiece < pack.firstPiece) {
                bytes -= open.remove().indexBytes();
            }
            open.add(pack);
            bytes += pack.indexBytes();
            most = Math.max(most, bytes);
        }
        return most;
    }
}
