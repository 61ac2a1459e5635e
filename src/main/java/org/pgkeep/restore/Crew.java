package org.pgkeep.restore;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** Several threads with the same work. The first that fails stops the others, and its error is the one that is told. */
final class Crew {
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /** What each thread does until nothing is left or it is told to stop. */
    interface Work {
        void run(BooleanSupplier isStopped);
    }

    /**
     * Works with this many threads and returns when all have ended.
     *
     * @throws PgkeepException the first error of a worker; {@code TERMINATED} when this thread is interrupted
     */
    void work(int threads, Work work) {
        List<Thread> crew = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            crew.add(Thread.ofPlatform().name("restore-" + (i + 1)).start(() -> run(work)));
        }
        boolean interrupted = false;
        for (Thread thread : crew) {
            interrupted |= join(thread);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        switch (failure.get()) {
            case null -> {}
            case PgkeepException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new PgkeepException(ErrorCode.BUG, "a worker failed").causedBy(e);
        }
    }

    private void run(Work work) {
        try {
            work.run(() -> failure.get() != null);
        } catch (RuntimeException | Error e) {
            boolean _ = failure.compareAndSet(null, e);
        }
    }

    /** Waits for a thread even when interrupted: nobody may write any more when the restore gives up. */
    private boolean join(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                return interrupted;
            } catch (InterruptedException _) {
                interrupted = true;
                boolean _ = failure.compareAndSet(
                        null, new PgkeepException(ErrorCode.TERMINATED, "the restore was interrupted"));
            }
        }
    }
}
