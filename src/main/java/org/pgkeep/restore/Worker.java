package org.pgkeep.restore;

import java.util.function.BooleanSupplier;

/** Takes runs of pieces until none are left, and has its work done with each. */
final class Worker {
    private final PieceQueue queue;
    private final RunWork work;
    private final FrameRun run = new FrameRun();

    Worker(PieceQueue queue, RunWork work) {
        this.queue = queue;
        this.work = work;
    }

    /** Works until nothing is left or it is told to stop. */
    void work(BooleanSupplier isStopped) {
        while (!isStopped.getAsBoolean() && queue.take(run)) {
            try {
                work.run(run, isStopped);
            } finally {
                queue.release(run);
            }
        }
    }
}
