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
    private final List<Label> sources;
    private final int workers;
    private final long memoryBytes;
    private final Path tmp;
    private final PackUse use;
    private PieceOrder order;
    private SortedRecords records;
    private int capacity;

    /**
     * None yet.
     *
     * @param sources whose frames they are from
     * @param workers who will work them off
     * @param memoryBytes what Java may take
     * @param tmp directory for sorting what does not fit into memory
     */
    Pieces(List<Label> sources, int workers, long memoryBytes, Path tmp) {
        this.sources = sources;
        this.workers = workers;
        this.memoryBytes = memoryBytes;
        this.tmp = tmp;
        this.use = new PackUse(sources);
        this.order = sources.size() > 1 && capacity(0) > 0 ? PieceOrder.FILES : PieceOrder.FRAMES;
        this.records = order.records(tmp);
    }

    private int capacity(long tableBytes) {
        return FrameCache.capacity(sources.size(), workers, memoryBytes, tableBytes);
    }

    void add(int file, Extent extent, long firstBlock) {
        long frame = Piece.frame(extent);
        if (order == PieceOrder.FILES) {
            use.add(frame, file);
        }
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
     * @param tableBytes what the table of files takes
     */
    void complete(long tableBytes) {
        capacity = capacity(tableBytes);
        boolean fits = capacity > 0 && use.indexBytes() <= OpenPacks.INDEX_BYTES_MAX;
        if (order == PieceOrder.FILES && !fits) {
            sortByFrames();
        }
    }

    /** How many frames each worker may hold. */
    int capacity() {
        return capacity;
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
    PieceQueue queue(ClusterStore cluster) {
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
