package org.pgkeep.restore;

import java.util.function.Supplier;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.PackReader;

/** Fills empty directories: reads each frame once, proves it, writes each block once. Zero blocks are holes. */
final class WholeFrames implements FrameWork {
    private final TargetFiles target;
    private final FrameProof proof;
    private final PackReader.FrameBuffer buffer;

    WholeFrames(FileTable files, TargetFiles target, PackReader.FrameBuffer buffer) {
        this.target = target;
        this.proof = new FrameProof(files);
        this.buffer = buffer;
    }

    @Override
    public void withoutFrame(FrameRun run, int piece) {
        target.pieceDone(Piece.file(run.place(piece)));
    }

    @Override
    public long frame(Supplier<PackReader> opened, FrameRun run, int from, int to) {
        PackReader pack = opened.get();
        pack.read(Piece.frame(run.frame(from)), buffer);
        for (int i = from, end; i < to; i = end) {
            end = run.stretchEnd(i, to);
            proof.check(pack, run, i, end);
        }
        long bytes = 0;
        for (int i = from, end; i < to; i = end) {
            end = run.stretchEnd(i, to);
            bytes += write(run, i, end);
        }
        return bytes;
    }

    private long write(FrameRun run, int from, int to) {
        int file = Piece.file(run.place(from));
        int offset = Piece.firstInFrame(run.place(from)) * Blocks.BYTES;
        int blocks = run.blocks(from, to);
        target.write(file, run.firstBlock(from), buffer.content(), offset, blocks);
        long bytes = target.addToChecksum(file, run.firstBlock(from), buffer.content(), offset, blocks);
        for (int piece = from; piece < to; piece++) {
            target.pieceDone(file);
        }
        return bytes;
    }
}
