package org.pgkeep.restore;

import java.util.function.BooleanSupplier;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;

/** Takes runs of pieces until none are left, and has its work done with each frame of them. */
final class Worker {
    private final FrameQueue queue;
    private final FrameWork work;
    private final Spares spares;
    private final Progress.Step step;
    private final FrameRun run = new FrameRun();

    /**
     * Ready to work.
     *
     * @param spares asked for frames that are damaged
     */
    Worker(FrameQueue queue, FrameWork work, Spares spares, Progress.Step step) {
        this.queue = queue;
        this.work = work;
        this.spares = spares;
        this.step = step;
    }

    /** Works until nothing is left or it is told to stop. */
    void work(BooleanSupplier isStopped) {
        while (!isStopped.getAsBoolean() && queue.take(run)) {
            try {
                if (run.pack().isPresent()) {
                    eachFrame(run.pack().get(), isStopped);
                } else {
                    withoutFrames(isStopped);
                }
            } finally {
                queue.release(run);
            }
        }
    }

    private void withoutFrames(BooleanSupplier isStopped) {
        for (int i = 0; i < run.count() && !isStopped.getAsBoolean(); i++) {
            work.withoutFrame(run, i);
        }
    }

    private void eachFrame(SharedPack pack, BooleanSupplier isStopped) {
        int i = 0;
        while (i < run.count() && !isStopped.getAsBoolean()) {
            int end = i + 1;
            while (end < run.count() && run.frame(end) == run.frame(i)) {
                end++;
            }
            step.advance(frame(pack, i, end));
            i = end;
        }
    }

    private long frame(SharedPack pack, int from, int to) {
        try {
            return work.frame(pack::reader, run, from, to);
        } catch (PgkeepException e) {
            return spares.instead(e, other -> work.frame(() -> pack.reader(other), run, from, to));
        }
    }
}
