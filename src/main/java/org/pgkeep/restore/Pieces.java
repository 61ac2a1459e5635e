package org.pgkeep.restore;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Extent;
import org.pgkeep.repository.Label;
import org.pgkeep.spool.SortedRecords;

/**
 * All pieces, in the order in which they are best worked off: that of the files if the backup has few sources, so that for each part of a file a
 * frame of each can be held in memory, and the indexes of their packs as well; else that of the frames.
 */
final class Pieces implements AutoCloseable {
    private final Path tmp;
    private final PackUse use = new PackUse();
    private PieceOrder order;
    private SortedRecords records;

    /**
     * None yet.
     *
     * @param tmp directory for sorting what does not fit into memory
     */
    Pieces(PieceOrder order, Path tmp) {
        this.tmp = tmp;
        this.order = order;
        this.records = order.records(tmp);
    }

    void add(int file, Extent extent, long firstBlock) {
        long frame = Piece.frame(extent);
        use.add(frame);
        order.add(records, frame, Piece.place(file, extent.firstBlock(), extent.blocks()), firstBlock);
    }

    /** A file without a stored block. */
    void addEmpty(int file) {
        addZeros(file, 0, 0);
    }

    /** A run of zero blocks. */
    void addZeros(int file, long firstBlock, int blocks) {
        order.add(records, Piece.NO_FRAME, Piece.place(file, 0, blocks), firstBlock);
    }

    /**
     * There are no more.
     *
     * @param indexBytesMax what indexes of packs may take of memory
     */
    void complete(long indexBytesMax) {
        if (order == PieceOrder.FILES && use.indexBytes() > indexBytesMax) {
            sortByFrames();
        }
    }

    private void sortByFrames() {
        SortedRecords byFrames = PieceOrder.FRAMES.records(tmp);
        try (SortedRecords byFiles = records) {
            SortedRecords.Cursor cursor = byFiles.sorted();
            FrameRun one = new FrameRun();
            while (cursor.next()) {
                one.begin(Optional.empty());
                PieceOrder.FILES.read(cursor, one);
                PieceOrder.FRAMES.add(byFrames, one.frame(0), one.place(0), one.firstBlock(0));
            }
        } finally {
            records = byFrames;
            order = PieceOrder.FRAMES;
        }
    }

    /** How they are sorted. */
    PieceOrder order() {
        return order;
    }

    /** Deals them out, once. */
    PieceQueue queue(ClusterStore cluster, List<Label> sources) {
        return switch (order) {
            case FRAMES -> new FrameQueue(records.sorted(), cluster, sources);
            case FILES -> new FileQueue(records.sorted());
        };
    }

    @Override
    public void close() {
        records.close();
    }
}
