package org.pgkeep.restore;

import java.util.Arrays;
import java.util.Optional;
import org.pgkeep.repository.Blocks;

/** What a worker takes at once: the pieces of some frames of one pack, or of some files, in order. Reused. */
final class FrameRun {
    private static final int LONGS = 3;

    private long[] records = new long[1024 * LONGS];
    private int count;
    private Optional<SharedPack> pack = Optional.empty();

    void begin(Optional<SharedPack> of) {
        pack = of;
        count = 0;
    }

    void add(long frame, long place, long firstBlock) {
        int at = count * LONGS;
        if (at == records.length) {
            records = Arrays.copyOf(records, records.length * 2);
        }
        records[at] = frame;
        records[at + 1] = place;
        records[at + 2] = firstBlock;
        count++;
    }

    /** The pack that all are read from; empty for zero blocks and empty files, and where they are from many. */
    Optional<SharedPack> pack() {
        return pack;
    }

    int count() {
        return count;
    }

    /** Which frame holds the i-th piece. */
    long frame(int i) {
        return records[i * LONGS];
    }

    /** Its file and place in the frame, see {@link Piece}. */
    long place(int i) {
        return records[i * LONGS + 1];
    }

    /** Its first block in the file. */
    long firstBlock(int i) {
        return records[i * LONGS + 2];
    }

    /** The end of the stretch that begins with this piece: pieces that follow on each other both in one frame and in the file. */
    int stretchEnd(int from, int to) {
        int end = from + 1;
        int blocks = Piece.blocks(place(from));
        while (end < to && frame(end) == frame(from) && continues(from, blocks, end)) {
            blocks += Piece.blocks(place(end));
            end++;
        }
        return end;
    }

    private boolean continues(int first, int blocks, int next) {
        return Piece.firstInFrame(place(next)) == Piece.firstInFrame(place(first)) + blocks
                && continuesFile(first, blocks, next);
    }

    private boolean continuesFile(int first, int blocks, int next) {
        return Piece.file(place(next)) == Piece.file(place(first)) && firstBlock(next) == firstBlock(first) + blocks;
    }

    /** The end of the part that begins with this piece: pieces that follow on each other in the file, as many as a group has blocks. */
    int partEnd(int from, int to) {
        int end = from + 1;
        int blocks = Piece.blocks(place(from));
        while (end < to && continuesFile(from, blocks, end) && blocks + Piece.blocks(place(end)) <= Blocks.PER_GROUP) {
            blocks += Piece.blocks(place(end));
            end++;
        }
        return end;
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
