package org.pgkeep.restore;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Extent;
import org.pgkeep.repository.Label;
import org.pgkeep.spool.SortedRecords;

/**
 * All pieces, in the order in which they are best worked off: that of the files if the backup has several sources, but not so many that a frame
 * of each, and the indexes of their packs, are too much for the memory; else that of the frames.
 */
final class Pieces implements AutoCloseable {
    private final List<Label> sources;
    private final int workers;
    private final long memoryBytes;
    private final Path tmp;
    private final PackUse use;
    private PieceOrder order;
    private SortedRecords records;
    private Optional<FrameMemory> memory = Optional.empty();

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
        this.order = sources.size() > 1 && memory(0).isPresent() ? PieceOrder.FILES : PieceOrder.FRAMES;
        this.records = order.records(tmp);
    }

    private Optional<FrameMemory> memory(long tableBytes) {
        return FrameMemory.of(sources.size(), workers, memoryBytes, tableBytes, use.indexBytes());
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
        if (order == PieceOrder.FILES) {
            memory = memory(tableBytes);
            if (memory.isEmpty()) {
                sortByFrames();
            }
        }
    }

    /** What there is memory for in the order of the files; empty in the other. */
    Optional<FrameMemory> memory() {
        return memory;
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
