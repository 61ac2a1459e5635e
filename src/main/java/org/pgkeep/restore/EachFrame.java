package org.pgkeep.restore;

import java.util.function.BooleanSupplier;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;

/** Has its work done with each frame of a run of {@link FrameQueue}. */
final class EachFrame implements RunWork {
    private final FrameWork work;
    private final Spares spares;
    private final Progress.Step step;

    /**
     * Ready to work.
     *
     * @param spares asked for frames that are damaged
     */
    EachFrame(FrameWork work, Spares spares, Progress.Step step) {
        this.work = work;
        this.spares = spares;
        this.step = step;
    }

    @Override
    public void run(FrameRun run, BooleanSupplier isStopped) {
        if (run.pack().isPresent()) {
            eachFrame(run, run.pack().get(), isStopped);
        } else {
            withoutFrames(run, isStopped);
        }
    }

    private void withoutFrames(FrameRun run, BooleanSupplier isStopped) {
        for (int i = 0; i < run.count() && !isStopped.getAsBoolean(); i++) {
            work.withoutFrame(run, i);
        }
    }

    private void eachFrame(FrameRun run, SharedPack pack, BooleanSupplier isStopped) {
        int i = 0;
        while (i < run.count() && !isStopped.getAsBoolean()) {
            int end = i + 1;
            while (end < run.count() && run.frame(end) == run.frame(i)) {
                end++;
            }
            step.advance(frame(run, pack, i, end));
            i = end;
        }
    }

    private long frame(FrameRun run, SharedPack pack, int from, int to) {
        try {
            return work.frame(pack::reader, run, from, to);
        } catch (PgkeepException e) {
            return spares.instead(e, other -> work.frame(() -> pack.reader(other), run, from, to));
        }
    }
}
