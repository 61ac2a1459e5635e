package org.pgkeep.restore;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.Supplier;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.Frame;
import org.pgkeep.repository.PackReader;

/**
 * Goes over directories that are there: compares each block that is not certain with the hash in the pack's index, reads a frame only
 * if one of its blocks differs, and writes only blocks that differ.
 */
final class Differences implements FrameWork {
    private final TargetFiles target;
    private final Tally tally;
    private final PageTrust trust;
    private final FrameProof proof;
    private final PackReader.FrameBuffer buffer;
    private final boolean dryRun;

    /** What the target has, each block where the frame has it. */
    private final byte[] present = new byte[Blocks.PER_GROUP * Blocks.BYTES];

    private final BitSet differing = new BitSet(Blocks.PER_GROUP);

    Differences(
            FileTable files,
            TargetFiles target,
            PackReader.FrameBuffer buffer,
            PageTrust trust,
            Tally tally,
            boolean dryRun) {
        this.target = target;
        this.trust = trust;
        this.tally = tally;
        this.proof = new FrameProof(files);
        this.buffer = buffer;
        this.dryRun = dryRun;
    }

    /** Zero blocks are in no frame, but the target may have something else there. */
    @Override
    public void withoutFrame(FrameRun run, int piece) {
        int file = Piece.file(run.place(piece));
        int blocks = Piece.blocks(run.place(piece));
        differing.clear();
        if (blocks > 0 && target.read(file, run.firstBlock(piece), present, 0, blocks)) {
            for (int i = 0; i < blocks; i++) {
                differing.set(i, !Blocks.isZero(present, i * Blocks.BYTES));
            }
        }
        tally.compared(blocks, 0, differing.cardinality());
        Arrays.fill(present, 0, blocks * Blocks.BYTES, (byte) 0);
        writeDiffering(file, run.firstBlock(piece), 0, blocks);
        target.pieceDone(file);
    }

    @Override
    public long frame(Supplier<PackReader> pack, FrameRun run, int from, int to) {
        differing.clear();
        int blocks = 0;
        for (int i = from, end; i < to; i = end) {
            end = run.stretchEnd(i, to);
            blocks += run.blocks(i, end);
            findUncertain(run, i, end);
        }
        int uncertain = differing.cardinality();
        if (uncertain > 0) {
            compare(pack.get(), run, from, to);
        }
        tally.compared(blocks, blocks - uncertain, differing.cardinality());
        long bytes = 0;
        for (int i = from, end; i < to; i = end) {
            end = run.stretchEnd(i, to);
            bytes += mend(run, i, end);
        }
        return bytes;
    }

    /** Reads a stretch of the target and marks the blocks that may differ: all that are not certain. */
    private void findUncertain(FrameRun run, int from, int to) {
        int file = Piece.file(run.place(from));
        int first = Piece.firstInFrame(run.place(from));
        int blocks = run.blocks(from, to);
        long firstBlock = run.firstBlock(from);
        boolean isThere = target.read(file, firstBlock, present, first * Blocks.BYTES, blocks);
        for (int i = 0; i < blocks; i++) {
            boolean certain = isThere && trust.isCertain(file, firstBlock + i, present, (first + i) * Blocks.BYTES);
            differing.set(first + i, !certain);
        }
        if (!isThere) {
            Arrays.fill(present, first * Blocks.BYTES, (first + blocks) * Blocks.BYTES, (byte) 0);
        }
    }

    /** Of the blocks that may differ, finds those that do, and reads the frame if there are any. */
    private void compare(PackReader pack, FrameRun run, int from, int to) {
        int number = Piece.frame(run.frame(from));
        Frame frame = pack.frame(number);
        for (int i = from, end; i < to; i = end) {
            end = run.stretchEnd(i, to);
            proof.check(pack, run, i, end);
        }
        for (int i = differing.nextSetBit(0); i >= 0; i = differing.nextSetBit(i + 1)) {
            differing.set(i, Blocks.hash(present, i * Blocks.BYTES) != frame.blockHash(i));
        }
        if (!differing.isEmpty() && !dryRun) {
            pack.read(number, buffer);
        }
        tally.frame(run.frame(from), frame.storedBytes(), !differing.isEmpty());
    }

    private long mend(FrameRun run, int from, int to) {
        int file = Piece.file(run.place(from));
        int first = Piece.firstInFrame(run.place(from));
        int blocks = run.blocks(from, to);
        for (int i = differing.nextSetBit(first); i >= 0 && i < first + blocks; i = differing.nextSetBit(i + 1)) {
            System.arraycopy(buffer.content(), i * Blocks.BYTES, present, i * Blocks.BYTES, Blocks.BYTES);
        }
        writeDiffering(file, run.firstBlock(from), first, blocks);
        long bytes = target.addToChecksum(file, run.firstBlock(from), present, first * Blocks.BYTES, blocks);
        for (int piece = from; piece < to; piece++) {
            target.pieceDone(file);
        }
        return bytes;
    }

    /** Neighbours are written together. */
    private void writeDiffering(int file, long firstBlock, int first, int blocks) {
        int i = differing.nextSetBit(first);
        while (i >= 0 && i < first + blocks) {
            int end = Math.min(differing.nextClearBit(i), first + blocks);
            target.write(file, firstBlock + i - first, present, i * Blocks.BYTES, end - i);
            i = differing.nextSetBit(end);
        }
    }
}
