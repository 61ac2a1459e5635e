package org.pgkeep.restore;

import java.util.Optional;
import org.pgkeep.repository.Blocks;
import org.pgkeep.spool.SortedRecords;

/**
 * Pieces in the order of {@link PieceOrder#FILES}, in runs that follow one another in the files. They are short, so that all workers are near
 * each other and need the same frames.
 */
final class FileQueue implements PieceQueue {
    /** 1 MiB. */
    private static final int RUN_BLOCKS = Blocks.PER_GROUP;

    /** Of files without any block. */
    private static final int RUN_PIECES = 1 << 10;

    private final SortedRecords.Cursor pieces;
    private boolean present;

    FileQueue(SortedRecords.Cursor pieces) {
        this.pieces = pieces;
        this.present = pieces.next();
    }

    @Override
    public synchronized boolean isEmpty() {
        return !present;
    }

    @Override
    public synchronized boolean take(FrameRun run) {
        if (!present) {
            return false;
        }
        run.begin(Optional.empty());
        int blocks = 0;
        while (present && !(isLong(run, blocks) && nextBeginsAnew(run))) {
            PieceOrder.FILES.read(pieces, run);
            blocks += Piece.blocks(run.place(run.count() - 1));
            present = pieces.next();
        }
        return true;
    }

    private static boolean isLong(FrameRun run, int blocks) {
        return blocks >= RUN_BLOCKS || run.count() >= RUN_PIECES;
    }

    /** A file, or a group of one: what is together in a frame stays together. */
    private boolean nextBeginsAnew(FrameRun run) {
        // The key: file, first block.
        return pieces.get(0) != Piece.file(run.place(run.count() - 1)) || pieces.get(1) % Blocks.PER_GROUP == 0;
    }

    @Override
    public void release(FrameRun run) {}

    @Override
    public void close() {}
}
