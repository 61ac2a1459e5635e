package org.pgkeep.restore;

import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.PackReader;
import org.pgkeep.repository.PathName;

/** Proves that a frame holds what the manifest says: the two were written apart. For one thread. */
final class FrameProof {
    private static final String HINT = "Run 'pgkeep verify' to see which backups are affected.";

    private final FileTable files;
    private final long[] hashes = new long[Blocks.PER_GROUP];

    FrameProof(FileTable files) {
        this.files = files;
    }

    /**
     * Proves a stretch of pieces.
     *
     * @throws PgkeepException {@code DAMAGED}, naming pack, frame and file
     */
    void check(PackReader pack, FrameRun run, int from, int to) {
        check(new HeldFrame.Description(pack.frame(Piece.frame(run.frame(from))), pack.location()), run, from, to);
    }

    /** The same of a frame that is described already. */
    void check(HeldFrame.Description frame, FrameRun run, int from, int to) {
        for (int piece = from; piece < to; piece++) {
            assertHolds(frame, run, piece);
        }
        assertFileHash(frame, run, from, run.blocks(from, to));
    }

    /** A file that stands in one stretch is proved whole; of others, each block was. */
    private void assertFileHash(HeldFrame.Description described, FrameRun run, int piece, int blocks) {
        int file = Piece.file(run.place(piece));
        if (blocks != Blocks.count(files.size(file))) {
            return;
        }
        int first = Piece.firstInFrame(run.place(piece));
        for (int i = 0; i < blocks; i++) {
            hashes[i] = described.frame().blockHash(first + i);
        }
        Xxh3.Stream64 hash = Blocks.fileHash(files.size(file));
        hash.putLong(Blocks.groupHash(hashes, 0, blocks));
        if (hash.value() != files.hash(file)) {
            throw new PgkeepException(
                    ErrorCode.DAMAGED,
                    described.location() + ": frame " + Piece.frame(run.frame(piece)) + " holds another content of "
                            + files.path(file) + " than the manifest says",
                    HINT);
        }
    }

    /** Both must say that these blocks stand there. */
    private void assertHolds(HeldFrame.Description described, FrameRun run, int piece) {
        int first = Piece.firstInFrame(run.place(piece));
        int blocks = Piece.blocks(run.place(piece));
        PathName path = files.path(Piece.file(run.place(piece)));
        if (described.frame().holds(first, blocks, path, run.firstBlock(piece))) {
            return;
        }
        throw new PgkeepException(
                ErrorCode.DAMAGED,
                described.location() + ": frame " + Piece.frame(run.frame(piece)) + " does not hold blocks "
                        + run.firstBlock(piece) + " to " + (run.firstBlock(piece) + blocks - 1) + " of " + path
                        + ", as the manifest says",
                HINT);
    }
}
