package org.pgkeep.backup;

import java.util.Arrays;
import java.util.List;
import org.pgkeep.repository.BlockHashes;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.Extent;
import org.pgkeep.repository.Label;

/** A file as the base has it: where its blocks are stored, and what their hashes are. Immutable. */
final class BaseFile {
    private final long sizeBytes;
    private final List<Extent> extents;
    private final long[] firstBlocks;
    private final Source source;

    /**
     * What all files of a base share.
     *
     * @param labels what the extents' sources stand for
     */
    record Source(List<Label> labels, BlockHashes hashes) {}

    BaseFile(long sizeBytes, List<Extent> extents, Source source) {
        this.sizeBytes = sizeBytes;
        this.extents = List.copyOf(extents);
        this.firstBlocks = new long[extents.size()];
        this.source = source;
        long first = 0;
        for (int i = 0; i < firstBlocks.length; i++) {
            firstBlocks[i] = first;
            first += extents.get(i).blocks();
        }
    }

    long sizeBytes() {
        return sizeBytes;
    }

    long blocks() {
        return Blocks.count(sizeBytes);
    }

    List<Extent> extents() {
        return extents;
    }

    /** Part of an extent. */
    interface Piece {
        /** These blocks of the extent, {@code at} blocks after the first one asked for. */
        void accept(Extent extent, int skip, int blocks, int at);
    }

    /** Copies the hashes of a run of blocks, all within the file. */
    void hashes(long firstBlock, int count, long[] target, int at) {
        walk(
                firstBlock,
                count,
                (extent, skip, run, done) -> source.hashes.copy(source.labels, extent, skip, run, target, at + done));
    }

    /** Tells where a run of blocks is stored, all within the file. */
    void walk(long firstBlock, int count, Piece piece) {
        int found = Arrays.binarySearch(firstBlocks, firstBlock);
        int i = found < 0 ? -found - 2 : found;
        int copied = 0;
        while (copied < count) {
            Extent extent = extents.get(i);
            int skip = Math.toIntExact(firstBlock + copied - firstBlocks[i]);
            int run = Math.min(count - copied, extent.blocks() - skip);
            piece.accept(extent, skip, run, copied);
            copied += run;
            i++;
        }
    }
}
