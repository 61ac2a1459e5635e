package org.pgkeep.backup;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.PackAppender;

/** Where the blocks of one group are, kept until the group's hash is known. For one thread. */
final class Placements implements PackAppender.Placement {
    private final CopyResults results;
    private final int[] first = new int[Blocks.PER_GROUP];
    private final int[] blocks = new int[Blocks.PER_GROUP];
    private final int[] source = new int[Blocks.PER_GROUP];
    private final int[] pack = new int[Blocks.PER_GROUP];
    private final int[] frame = new int[Blocks.PER_GROUP];
    private final int[] inFrame = new int[Blocks.PER_GROUP];
    private final boolean[] kept = new boolean[Blocks.PER_GROUP];
    private @Nullable BaseFile remains;
    private int count;
    private int end;
    private boolean changed;

    Placements(CopyResults results) {
        this.results = results;
    }

    /** Begins a group of a file of which attempts that were cut off stored this. */
    void begin(@Nullable BaseFile stored) {
        remains = stored;

        count = 0;
        end = 0;
        changed = false;
        Arrays.fill(kept, false);
    }

    /** Whether any block is another than in the base. */
    boolean areChanged() {
        return changed;
    }

    @Override
    public void zero(long firstBlock, int run) {
        changed = true;
        add(firstBlock, run, 0, 0, 0, 0);
    }

    @Override
    public void kept(long firstBlock, int run) {
        add(firstBlock, run, 0, CopyResults.KEPT, 0, 0);
    }

    @Override
    public void stored(long firstBlock, int run, int inPack, int frameNumber, int firstInFrame) {
        changed = true;
        results.stored(run);
        add(firstBlock, run, 0, inPack, frameNumber, firstInFrame);
    }

    @Override
    public void found(long firstBlock, int run) {
        changed = true;
        results.found(run);
        Objects.requireNonNull(remains)
                .walk(
                        firstBlock,
                        run,
                        (extent, skip, blocksOfIt, at) -> add(
                                firstBlock + at,
                                blocksOfIt,
                                extent.source(),
                                extent.pack(),
                                extent.frame(),
                                extent.firstBlock() + skip));
    }

    /** Blocks come in order; those between were not read. */
    private void add(long firstBlock, int run, int ofSource, int inPack, int frameNumber, int firstInFrame) {
        int at = (int) (firstBlock % Blocks.PER_GROUP);
        keepUpTo(at);
        put(at, run, ofSource, inPack, frameNumber, firstInFrame);
    }

    /** The blocks from the last one told up to here are as in the base. */
    void keepUpTo(int at) {
        if (at > end) {
            put(end, at - end, 0, CopyResults.KEPT, 0, 0);
        }
    }

    private void put(int at, int run, int ofSource, int inPack, int frameNumber, int firstInFrame) {
        first[count] = at;
        blocks[count] = run;
        source[count] = ofSource;
        pack[count] = inPack;
        frame[count] = frameNumber;
        inFrame[count] = firstInFrame;
        Arrays.fill(kept, at, at + run, inPack == CopyResults.KEPT);
        count++;
        end = at + run;
    }

    /** Whether this block of the group is as in the base. */
    boolean isKept(int block) {
        return kept[block];
    }

    /** Tells the results. */
    void report(long ordinal, long group, long hash) {
        for (int i = 0; i < count; i++) {
            results.extent(ordinal, group, first[i], blocks[i], source[i], pack[i], frame[i], inFrame[i], hash);
        }
    }
}
