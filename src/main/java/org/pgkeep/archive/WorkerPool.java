package org.pgkeep.archive;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** Threads that push or get, and put how each of their jobs ended among the events. */
final class WorkerPool implements AutoCloseable {
    private final ExecutorService workers;
    private final BlockingQueue<SpoolEvent> events;

    WorkerPool(String name, int jobs, BlockingQueue<SpoolEvent> events) {
        this.workers = Executors.newFixedThreadPool(
                jobs, task -> Thread.ofPlatform().daemon().name(name).unstarted(task));
        this.events = events;
    }

    /**
     * Begins a job.
     *
     * @param ended is told its result
     * @param failed is told why there is none: whatever it is, the launcher that waits must hear of it
     */
    <T> void start(Supplier<T> job, Consumer<T> ended, Consumer<PgkeepException> failed) {
        workers.execute(() -> {
            Runnable consequence = consequence(job, ended, failed);
            try {
                events.put(new SpoolEvent.Ended(consequence));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static <T> Runnable consequence(Supplier<T> job, Consumer<T> ended, Consumer<PgkeepException> failed) {
        try {
            T result = job.get();
            return () -> ended.accept(result);
        } catch (PgkeepException e) {
            return () -> failed.accept(e);
        } catch (RuntimeException | Error e) {
            return () -> failed.accept(new PgkeepException(ErrorCode.BUG, "unexpected " + e).causedBy(e));
        }
    }

    @Override
    public void close() {
        workers.shutdownNow();
    }
}
