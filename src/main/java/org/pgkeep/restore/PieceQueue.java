package org.pgkeep.restore;

/** Deals the sorted pieces out to workers, in runs. Thread-safe. */
interface PieceQueue extends AutoCloseable {
    /** Whether nothing is left to take. */
    boolean isEmpty();

    /** Fills a run, which must be given back with {@link #release}; {@code false} when nothing is left. */
    boolean take(FrameRun run);

    /** The worker is done with the run. */
    void release(FrameRun run);

    @Override
    void close();
}
