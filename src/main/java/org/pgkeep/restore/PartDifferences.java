package org.pgkeep.restore;

import java.util.Arrays;
import java.util.BitSet;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.Frame;

/** Goes over directories that are there like {@link Differences}, but a part of a file in one go, wherever its blocks are stored. */
final class PartDifferences implements PartWork {
    private final TargetFiles target;
    private final Tally tally;
    private final PageTrust trust;
    private final FrameProof proof;
    private final SharedFrames frames;
    private final boolean dryRun;

    /** What the target has, and what it should have. */
    private final byte[] present = new byte[Blocks.PER_GROUP * Blocks.BYTES];

    /** Blocks to be written. */
    private final BitSet differing = new BitSet(Blocks.PER_GROUP);

    /** Of a stretch, those that may differ, then those that do; counted from the part's first. */
    private final BitSet doubtful = new BitSet(Blocks.PER_GROUP);

    PartDifferences(
            FileTable files, TargetFiles target, SharedFrames frames, PageTrust trust, Tally tally, boolean dryRun) {
        this.target = target;
        this.frames = frames;
        this.trust = trust;
        this.tally = tally;
        this.proof = new FrameProof(files);
        this.dryRun = dryRun;
    }

    @Override
    public long part(FrameRun run, int from, int to) {
        int file = Piece.file(run.place(from));
        int blocks = run.blocks(from, to);
        long bytes = 0;
        if (blocks > 0) {
            mend(run, from, to, blocks);
            bytes = target.addToChecksum(file, run.firstBlock(from), present, 0, blocks);
            bytes = Math.max(0, bytes - (long) zeroBlocks(run, from, to) * Blocks.BYTES);
        }
        for (int piece = from; piece < to; piece++) {
            target.pieceDone(file);
        }
        return bytes;
    }

    private static int zeroBlocks(FrameRun run, int from, int to) {
        int blocks = 0;
        for (int piece = from; piece < to; piece++) {
            blocks += run.frame(piece) == Piece.NO_FRAME ? Piece.blocks(run.place(piece)) : 0;
        }
        return blocks;
    }

    private void mend(FrameRun run, int from, int to, int blocks) {
        int file = Piece.file(run.place(from));
        long firstBlock = run.firstBlock(from);
        boolean isThere = target.read(file, firstBlock, present, 0, blocks);
        if (!isThere) {
            Arrays.fill(present, 0, blocks * Blocks.BYTES, (byte) 0);
        }
        differing.clear();
        int certain = 0;
        for (int i = from, end, at = 0; i < to; i = end) {
            end = run.stretchEnd(i, to);
            int count = run.blocks(i, end);
            if (run.frame(i) == Piece.NO_FRAME) {
                becomeZero(at, count);
            } else {
                doubt(file, firstBlock + at, at, count, isThere);
                certain += count - doubtful.cardinality();
                if (!doubtful.isEmpty()) {
                    compare(run, i, end, at);
                }
            }
            at += count;
        }
        tally.compared(blocks, certain, differing.cardinality());
        write(file, firstBlock, blocks);
    }

    /** Blocks that are in no frame: holes, as far as nothing stands there. */
    private void becomeZero(int at, int count) {
        for (int block = at; block < at + count; block++) {
            if (!Blocks.isZero(present, block * Blocks.BYTES)) {
                differing.set(block);
                Arrays.fill(present, block * Blocks.BYTES, (block + 1) * Blocks.BYTES, (byte) 0);
            }
        }
    }

    private void doubt(int file, long firstBlock, int at, int count, boolean isThere) {
        doubtful.clear();
        for (int i = 0; i < count; i++) {
            boolean certain = isThere && trust.isCertain(file, firstBlock + i, present, (at + i) * Blocks.BYTES);
            doubtful.set(at + i, !certain);
        }
    }

    /** Of a stretch's doubtful blocks, finds those that differ, and takes them from the frame. */
    private void compare(FrameRun run, int from, int to, int at) {
        int shift = Piece.firstInFrame(run.place(from)) - at;
        frames.with(run.frame(from), held -> {
            HeldFrame.Description described = frames.description(held);
            Frame frame = described.frame();
            proof.check(described, run, from, to);
            BitSet found = new BitSet(Blocks.PER_GROUP);
            for (int i = doubtful.nextSetBit(0); i >= 0; i = doubtful.nextSetBit(i + 1)) {
                found.set(i, Blocks.hash(present, i * Blocks.BYTES) != frame.blockHash(i + shift));
            }
            if (!found.isEmpty() && !dryRun) {
                take(frames.content(held), shift, found);
            }
            tally.frame(run.frame(from), frame.storedBytes(), !found.isEmpty());
            differing.or(found);
            return found;
        });
    }

    private void take(byte[] content, int shift, BitSet found) {
        for (int i = found.nextSetBit(0); i >= 0; i = found.nextSetBit(i + 1)) {
            System.arraycopy(content, (i + shift) * Blocks.BYTES, present, i * Blocks.BYTES, Blocks.BYTES);
        }
    }

    /** Neighbours are written together. */
    private void write(int file, long firstBlock, int blocks) {
        int i = differing.nextSetBit(0);
        while (i >= 0) {
            int end = Math.min(differing.nextClearBit(i), blocks);
            target.write(file, firstBlock + i, present, i * Blocks.BYTES, end - i);
            i = differing.nextSetBit(end);
        }
    }
}
