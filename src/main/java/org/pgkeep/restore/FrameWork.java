package org.pgkeep.restore;

/** What is done with the pieces that a worker takes. For one thread. */
interface FrameWork {
    /** A piece that no frame holds: a run of zero blocks, or a file without any block. */
    void withoutFrame(FrameRun run, int piece);

    /** The pieces of one frame; returns how many bytes of files they are. */
    long frame(SharedPack pack, FrameRun run, int from, int to);
}
