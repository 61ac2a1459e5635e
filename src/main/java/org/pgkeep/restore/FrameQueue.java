package org.pgkeep.restore;

import java.util.List;
import java.util.Optional;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.spool.SortedRecords;

/**
 * Pieces in the order of {@link PieceOrder#FRAMES}, in runs of frames that follow one another in a pack: a pack is opened once, read from
 * front to back, and each of its frames goes to one worker.
 */
final class FrameQueue implements PieceQueue {
    /** Up to 16 MiB of content: long enough to read in one go, short enough that workers end together. */
    private static final int RUN_FRAMES = 16;

    /** Zero blocks and empty files, which have no frame to end a run. */
    private static final int RUN_PIECES = 4096;

    private final SortedRecords.Cursor pieces;
    private final ClusterStore cluster;
    private final List<Label> sources;
    private boolean present;
    private Optional<SharedPack> pack = Optional.empty();
    private long packKey = Piece.NO_FRAME;

    /**
     * The pieces, and where their frames are.
     *
     * @param sources whose packs the pieces count, from 1
     */
    FrameQueue(SortedRecords.Cursor pieces, ClusterStore cluster, List<Label> sources) {
        this.pieces = pieces;
        this.cluster = cluster;
        this.sources = sources;
        this.present = pieces.next();
    }

    @Override
    public synchronized boolean isEmpty() {
        return !present;
    }

    @Override
    public synchronized boolean take(FrameRun run) {
        if (!present) {
            return false;
        }
        long first = pieces.get(0);
        run.begin(packOf(first));
        run.pack().ifPresent(SharedPack::take);
        int frames = 0;
        long last = -1;
        while (present && Piece.packOf(pieces.get(0)) == Piece.packOf(first)) {
            if (pieces.get(0) != last) {
                frames++;
                last = pieces.get(0);
            }
            boolean full = frames > RUN_FRAMES || (first == Piece.NO_FRAME && run.count() == RUN_PIECES);
            if (full) {
                break;
            }
            PieceOrder.FRAMES.read(pieces, run);
            present = pieces.next();
        }
        return true;
    }

    private Optional<SharedPack> packOf(long frame) {
        if (Piece.packOf(frame) != packKey) {
            close();
            pack = Optional.of(new SharedPack(cluster, sources.get(Piece.source(frame) - 1), Piece.pack(frame)));
            packKey = Piece.packOf(frame);
        }
        return pack;
    }

    @Override
    public synchronized void release(FrameRun run) {
        run.pack().ifPresent(SharedPack::release);
        run.begin(Optional.empty());
    }

    /** Lets go of the pack that is being dealt out. */
    @Override
    public synchronized void close() {
        pack.ifPresent(SharedPack::release);
        pack = Optional.empty();
        packKey = Piece.NO_FRAME;
    }
}
