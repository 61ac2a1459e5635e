package org.pgkeep.backup;

import java.util.List;
import org.pgkeep.repository.Extent;

/** The extents of a file in the base, cut as a new manifest needs them. */
final class BaseExtents {
    private final List<Extent> extents;
    private final long blocks;
    private int current;
    private long currentFirst;

    BaseExtents(List<Extent> extents) {
        this.extents = extents;
        this.blocks = extents.stream().mapToLong(Extent::blocks).sum();
    }

    /** Blocks of the file. */
    long blocks() {
        return blocks;
    }

    /** Adds extents for a run of blocks; runs must be asked for in order. */
    void copy(long firstBlock, long count, References references, List<Extent> target) {
        long at = firstBlock;
        long end = firstBlock + count;
        while (at < end) {
            Extent extent = extents.get(current);
            long extentEnd = currentFirst + extent.blocks();
            if (at < extentEnd) {
                int run = (int) (Math.min(end, extentEnd) - at);
                target.add(references.kept(extent, (int) (at - currentFirst), run));
                at += run;
            }
            if (at >= extentEnd) {
                currentFirst = extentEnd;
                current++;
            }
        }
    }
}
