package org.pgkeep.restore;

import java.util.function.BooleanSupplier;

/** What a worker does with what it takes. For one thread. */
interface RunWork {
    /** All of it, unless it is told to stop. */
    void run(FrameRun run, BooleanSupplier isStopped);
}
