package org.pgkeep.restore;

import java.util.function.BooleanSupplier;
import org.pgkeep.progress.Progress;

/** What is done with a part of a file, whose pieces come from one or more frames. For one thread. */
interface PartWork {
    /**
     * The pieces of one part.
     *
     * @return how many bytes of the file they are, without blocks of zeros
     */
    long part(FrameRun run, int from, int to);

    /** Has it done with each part of a run of {@link FileQueue}. */
    default RunWork each(Progress.Step step) {
        return (FrameRun run, BooleanSupplier isStopped) -> {
            for (int i = 0, end; i < run.count() && !isStopped.getAsBoolean(); i = end) {
                end = run.partEnd(i, run.count());
                step.advance(part(run, i, end));
            }
        };
    }
}
