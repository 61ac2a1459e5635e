package org.pgkeep.restore;

import java.util.function.Supplier;
import org.pgkeep.repository.PackReader;

/** What is done with the pieces that a worker takes. For one thread. */
interface FrameWork {
    /** A piece that no frame holds: a run of zero blocks, or a file without any block. */
    void withoutFrame(FrameRun run, int piece);

    /**
     * The pieces of one frame. Nothing is written before the whole frame is proved, so that after an error that says that the frame is
     * damaged it can be called again with the same pack of another repository.
     *
     * @return how many bytes of files they are
     */
    long frame(Supplier<PackReader> pack, FrameRun run, int from, int to);
}
