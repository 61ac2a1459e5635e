package org.pgkeep.restore;

import java.nio.file.Path;
import org.pgkeep.spool.SortedRecords;

/** The order in which {@link Piece}s are worked off. */
enum PieceOrder {
    /** The pieces of a frame are together, and in it those of a file in order: each frame is read once. */
    FRAMES {
        @Override
        SortedRecords records(Path directory) {
            return new SortedRecords(directory, 3, KEY_LONGS);
        }

        @Override
        void add(SortedRecords pieces, long frame, long place, long firstBlock) {
            pieces.add(frame, place, firstBlock);
        }

        @Override
        void read(SortedRecords.Cursor pieces, FrameRun run) {
            run.add(pieces.get(0), pieces.get(1), pieces.get(2));
        }
    },

    /**
     * The pieces of a file are together, in order: each part of it is written in one go. Of a backup with many sources, which are in that many
     * frames, too many would have to be held.
     */
    FILES {
        @Override
        SortedRecords records(Path directory) {
            return new SortedRecords(directory, 4, KEY_LONGS);
        }

        @Override
        void add(SortedRecords pieces, long frame, long place, long firstBlock) {
            pieces.add(Piece.file(place), firstBlock, frame, place);
        }

        @Override
        void read(SortedRecords.Cursor pieces, FrameRun run) {
            run.add(pieces.get(2), pieces.get(3), pieces.get(1));
        }
    };

    private static final int KEY_LONGS = 2;

    /** To be filled and sorted. */
    abstract SortedRecords records(Path directory);

    abstract void add(SortedRecords pieces, long frame, long place, long firstBlock);

    /** Adds the current piece to a run. */
    abstract void read(SortedRecords.Cursor pieces, FrameRun run);
}
