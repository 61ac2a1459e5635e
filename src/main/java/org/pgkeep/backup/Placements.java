package org.pgkeep.backup;

import java.util.Arrays;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.PackAppender;

/** Where the blocks of one group are, kept until the group's hash is known. For one thread. */
final class Placements implements PackAppender.Placement {
    private final CopyResults results;
    private final int[] first = new int[Blocks.PER_GROUP];
    private final int[] blocks = new int[Blocks.PER_GROUP];
    private final int[] pack = new int[Blocks.PER_GROUP];
    private final int[] frame = new int[Blocks.PER_GROUP];
    private final int[] inFrame = new int[Blocks.PER_GROUP];
    private final boolean[] kept = new boolean[Blocks.PER_GROUP];
    private int count;
    private int end;
    private boolean changed;

    Placements(CopyResults results) {
        this.results = results;
    }

    /** Begins a group. */
    void clear() {
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
        add(firstBlock, run, 0, 0, 0);
    }

    @Override
    public void kept(long firstBlock, int run) {
        add(firstBlock, run, CopyResults.KEPT, 0, 0);
    }

    @Override
    public void stored(long firstBlock, int run, int inPack, int frameNumber, int firstInFrame) {
        changed = true;
        results.stored(run);
        add(firstBlock, run, inPack, frameNumber, firstInFrame);
    }

    /** Blocks come in order; those between were not read. */
    private void add(long firstBlock, int run, int inPack, int frameNumber, int firstInFrame) {
        int at = (int) (firstBlock % Blocks.PER_GROUP);
        keepUpTo(at);
        put(at, run, inPack, frameNumber, firstInFrame);
    }

    /** The blocks from the last one told up to here are as in the base. */
    void keepUpTo(int at) {
        if (at > end) {
            put(end, at - end, CopyResults.KEPT, 0, 0);
        }
    }

    private void put(int at, int run, int inPack, int frameNumber, int firstInFrame) {
        first[count] = at;
        blocks[count] = run;
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
            results.extent(ordinal, group, first[i], blocks[i], pack[i], frame[i], inFrame[i], hash);
        }
    }
}
