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

    /** The pack that is read; empty for zero blocks and empty files. */
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

    /** The end of the stretch that begins with this piece: pieces that follow on each other both in the frame and in the file. */
    int stretchEnd(int from, int to) {
        int end = from + 1;
        int blocks = Piece.blocks(place(from));
        while (end < to && continues(from, blocks, end)) {
            blocks += Piece.blocks(place(end));
            end++;
        }
        return end;
    }

    private boolean continues(int first, int blocks, int next) {
        return Piece.file(place(next)) == Piece.file(place(first))
                && Piece.firstInFrame(place(next)) == Piece.firstInFrame(place(first)) + blocks
                && firstBlock(next) == firstBlock(first) + blocks;
    }

    /** How many blocks these pieces have together. */
    int blocks(int from, int to) {
        int blocks = 0;
        for (int piece = from; piece < to; piece++) {
            blocks += Piece.blocks(place(piece));
        }
        return blocks;
    }
}
