package org.pgkeep.restore;

import java.util.function.BooleanSupplier;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.Frame;
import org.pgkeep.repository.PackReader;
import org.pgkeep.repository.Part;
import org.pgkeep.repository.PathName;

/** Takes runs of frames until none are left: reads each frame once, proves it, writes each block once. */
final class Worker {
    private static final String HINT = "Run 'pgkeep verify' to see which backups are affected.";

    private final FrameQueue queue;
    private final FileTable files;
    private final FileWriter writer;
    private final PackReader.FrameBuffer buffer;
    private final Progress.Step step;
    private final FrameRun run = new FrameRun();
    private final long[] hashes = new long[Blocks.PER_GROUP];

    Worker(FrameQueue queue, FileTable files, FileWriter writer, PackReader.FrameBuffer buffer, Progress.Step step) {
        this.queue = queue;
        this.files = files;
        this.writer = writer;
        this.buffer = buffer;
        this.step = step;
    }

    /** Works until nothing is left or it is told to stop. */
    void work(BooleanSupplier isStopped) {
        while (!isStopped.getAsBoolean() && queue.take(run)) {
            try {
                if (run.pack().isPresent()) {
                    writeRun(run.pack().get().reader(), isStopped);
                } else {
                    writeEmpty();
                }
            } finally {
                queue.release(run);
            }
        }
    }

    private void writeEmpty() {
        for (int i = 0; i < run.count(); i++) {
            writer.pieceDone(Piece.file(run.place(i)));
        }
    }

    private void writeRun(PackReader pack, BooleanSupplier isStopped) {
        int i = 0;
        while (i < run.count() && !isStopped.getAsBoolean()) {
            int end = i + 1;
            while (end < run.count() && run.frame(end) == run.frame(i)) {
                end++;
            }
            pack.read(Piece.frame(run.frame(i)), buffer);
            writeFrame(pack, pack.frame(Piece.frame(run.frame(i))), i, end);
            i = end;
        }
    }

    private void writeFrame(PackReader pack, Frame frame, int from, int to) {
        long written = 0;
        int i = from;
        while (i < to) {
            int end = i + 1;
            int blocks = Piece.blocks(run.place(i));
            while (end < to && continues(i, blocks, end)) {
                blocks += Piece.blocks(run.place(end));
                end++;
            }
            for (int piece = i; piece < end; piece++) {
                assertHolds(pack, frame, piece);
            }
            int file = Piece.file(run.place(i));
            assertFileHash(pack, frame, file, i, blocks);
            int offset = Piece.firstInFrame(run.place(i)) * Blocks.BYTES;
            written += writer.write(file, run.firstBlock(i), buffer.content(), offset, blocks);
            for (int piece = i; piece < end; piece++) {
                writer.pieceDone(file);
            }
            i = end;
        }
        step.advance(written);
    }

    /**
     * Whether a piece follows on the first one's {@code blocks} both in the frame and in the file: then one write does for both.
     */
    private boolean continues(int first, int blocks, int next) {
        return Piece.file(run.place(next)) == Piece.file(run.place(first))
                && Piece.firstInFrame(run.place(next)) == Piece.firstInFrame(run.place(first)) + blocks
                && run.firstBlock(next) == run.firstBlock(first) + blocks;
    }

    /** A file that stands in one piece is proved whole; of others, each block was. */
    private void assertFileHash(PackReader pack, Frame frame, int file, int piece, int blocks) {
        if (blocks != Blocks.count(files.size(file))) {
            return;
        }
        int first = Piece.firstInFrame(run.place(piece));
        for (int i = 0; i < blocks; i++) {
            hashes[i] = frame.blockHash(first + i);
        }
        Xxh3.Stream64 hash = Blocks.fileHash(files.size(file));
        hash.putLong(Blocks.groupHash(hashes, 0, blocks));
        if (hash.value() != files.hash(file)) {
            throw new PgkeepException(
                    ErrorCode.DAMAGED,
                    pack.location() + ": frame " + Piece.frame(run.frame(piece)) + " holds another content of "
                            + files.path(file) + " than the manifest says",
                    HINT);
        }
    }

    /** The manifest and the pack's index were written apart; both must say that these blocks stand there. */
    private void assertHolds(PackReader pack, Frame frame, int piece) {
        int first = Piece.firstInFrame(run.place(piece));
        int blocks = Piece.blocks(run.place(piece));
        PathName path = files.path(Piece.file(run.place(piece)));
        int partStart = 0;
        for (Part part : frame.parts()) {
            boolean covers = partStart <= first && first + blocks <= partStart + part.blocks();
            if (covers
                    && part.firstBlock() + first - partStart == run.firstBlock(piece)
                    && part.path().equals(path)) {
                return;
            }
            partStart += part.blocks();
        }
        throw new PgkeepException(
                ErrorCode.DAMAGED,
                pack.location() + ": frame " + Piece.frame(run.frame(piece)) + " does not hold blocks "
                        + run.firstBlock(piece) + " to " + (run.firstBlock(piece) + blocks - 1) + " of " + path
                        + ", as the manifest says",
                HINT);
    }
}
