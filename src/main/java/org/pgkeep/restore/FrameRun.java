package org.pgkeep.restore;

import java.util.Arrays;
import java.util.Optional;

/** What a worker takes at once: the pieces of some frames of one pack, in order. Reused. */
final class FrameRun {
    private long[] records = new long[1024 * Piece.LONGS];
    private int count;
    private Optional<SharedPack> pack = Optional.empty();

    void begin(Optional<SharedPack> of) {
        pack = of;
        count = 0;
    }

    void add(long frame, long place, long firstBlock) {
        int at = count * Piece.LONGS;
        if (at == records.length) {
            records = Arrays.copyOf(records, records.length * 2);
        }
        records[at] = frame;
        records[at + 1] = place;
        records[at + 2] = firstBlock;
        count++;
    }

    /** The pack that is read; empty for files without a stored block. */
    Optional<SharedPack> pack() {
        return pack;
    }

    int count() {
        return count;
    }

    /** Which frame holds the i-th piece. */
    long frame(int i) {
        return records[i * Piece.LONGS];
    }

    /** Its file and place in the frame, see {@link Piece}. */
    long place(int i) {
        return records[i * Piece.LONGS + 1];
    }

    /** Its first block in the file. */
    long firstBlock(int i) {
        return records[i * Piece.LONGS + 2];
    }
}
