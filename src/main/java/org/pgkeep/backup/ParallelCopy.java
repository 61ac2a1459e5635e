package org.pgkeep.backup;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * Runs workers on platform threads until the jobs are done. The first error stops them all and is the one that is thrown; so does
 * {@link #abort}, from any thread.
 */
final class ParallelCopy {
    private final JobSource jobs;
    private final Supplier<CopyWorker> workers;
    private final Runnable check;
    private final List<Thread> threads = new ArrayList<>();
    private volatile @Nullable Throwable failure;

    /**
     * A run to come.
     *
     * @param workers makes one, on the thread that will use it
     * @param check throws when the work is pointless by now; called before each job
     */
    ParallelCopy(JobSource jobs, Supplier<CopyWorker> workers, Runnable check) {
        this.jobs = jobs;
        this.workers = workers;
        this.check = check;
    }

    /** Copies with this many workers, and waits. */
    void run(int count) {
        synchronized (threads) {
            for (int i = 1; i <= count; i++) {
                threads.add(Thread.ofPlatform().name("copy-" + i).unstarted(this::work));
            }
            threads.forEach(Thread::start);
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            abort(new PgkeepException(ErrorCode.TERMINATED, "interrupted while copying").causedBy(e));
            Thread.currentThread().interrupt();
        }
        throwFailure();
    }

    private void work() {
        try (CopyWorker worker = workers.get()) {
            while (failure == null) {
                check.run();
                Optional<CopyJob> job = jobs.next();
                if (job.isEmpty()) {
                    worker.finish();
                    return;
                }
                worker.copy(job.get());
            }
        } catch (RuntimeException | Error e) {
            abort(e);
        }
    }

    /** Stops the workers; the first reason given counts. */
    void abort(Throwable reason) {
        synchronized (threads) {
            if (failure == null) {
                failure = reason;
            }
            threads.stream()
                    .filter(thread -> !thread.equals(Thread.currentThread()))
                    .forEach(Thread::interrupt);
        }
        awaitEnd();
    }

    private void awaitEnd() {
        List<Thread> workers;
        synchronized (threads) {
            workers = List.copyOf(threads);
        }
        if (workers.contains(Thread.currentThread())) {
            return;
        }
        // Workers must be gone before what they write is removed.
        boolean interrupted = false;
        for (Thread thread : workers) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void throwFailure() {
        switch (failure) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new PgkeepException(ErrorCode.BUG, "a worker failed").causedBy(e);
        }
    }
}
