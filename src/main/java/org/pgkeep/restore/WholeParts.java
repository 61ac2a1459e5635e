package org.pgkeep.restore;

import org.pgkeep.repository.Blocks;

/** Fills empty directories like {@link WholeFrames}, but a part of a file in one go, wherever its blocks are stored. */
final class WholeParts implements PartWork {
    private final TargetFiles target;
    private final FrameProof proof;
    private final SharedFrames frames;
    private final byte[] content = new byte[Blocks.PER_GROUP * Blocks.BYTES];

    WholeParts(FileTable files, TargetFiles target, SharedFrames frames) {
        this.target = target;
        this.proof = new FrameProof(files);
        this.frames = frames;
    }

    @Override
    public long part(FrameRun run, int from, int to) {
        long bytes = 0;
        for (int i = from, end; i < to; i = end) {
            end = i + 1;
            while (end < to && isStored(run, end) == isStored(run, i)) {
                end++;
            }
            // Zeros stay holes.
            bytes += isStored(run, i) ? write(run, i, end) : 0;
        }
        for (int piece = from; piece < to; piece++) {
            target.pieceDone(Piece.file(run.place(from)));
        }
        return bytes;
    }

    private static boolean isStored(FrameRun run, int piece) {
        return run.frame(piece) != Piece.NO_FRAME;
    }

    private long write(FrameRun run, int from, int to) {
        int file = Piece.file(run.place(from));
        int blocks = run.blocks(from, to);
        frames.prepare(run, from, to);
        gather(run, from, to);
        target.write(file, run.firstBlock(from), content, 0, blocks);
        return target.addToChecksum(file, run.firstBlock(from), content, 0, blocks);
    }

    private void gather(FrameRun run, int from, int to) {
        int at = 0;
        for (int i = from, end; i < to; i = end) {
            end = run.stretchEnd(i, to);
            at += copy(run, i, end, at);
        }
    }

    private int copy(FrameRun run, int from, int to, int at) {
        int offset = Piece.firstInFrame(run.place(from)) * Blocks.BYTES;
        int length = run.blocks(from, to) * Blocks.BYTES;
        return frames.with(run.frame(from), frame -> {
            proof.check(frames.description(frame), run, from, to);
            System.arraycopy(frames.content(frame), offset, content, at, length);
            return length;
        });
    }
}
