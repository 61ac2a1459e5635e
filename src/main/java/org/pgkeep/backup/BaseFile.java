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

    /** Copies the hashes of a run of blocks, all within the file. */
    void hashes(long firstBlock, int count, long[] target, int at) {
        int found = Arrays.binarySearch(firstBlocks, firstBlock);
        int i = found < 0 ? -found - 2 : found;
        int copied = 0;
        while (copied < count) {
            Extent extent = extents.get(i);
            int skip = Math.toIntExact(firstBlock + copied - firstBlocks[i]);
            int run = Math.min(count - copied, extent.blocks() - skip);
            source.hashes.copy(source.labels, extent, skip, run, target, at + copied);
            copied += run;
            i++;
        }
    }
}
