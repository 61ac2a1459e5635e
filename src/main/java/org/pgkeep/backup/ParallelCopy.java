package org.pgkeep.backup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * Runs workers on platform threads until the jobs are done. The first error stops them all and is the one that is thrown; so does
 * {@link #abort}, from any thread. Unless the repository is what failed, workers that are stopped close their packs, so that the
 * next backup can refer to them.
 */
final class ParallelCopy {
    /** Time to close packs; then workers are interrupted, which closes the files under them. */
    private static final Duration GRACE = Duration.ofSeconds(20);

    private static final Set<ErrorCode> REPOSITORY_FAILED = Set.of(
            ErrorCode.LEASE_LOST,
            ErrorCode.DISK_FULL,
            ErrorCode.STORAGE,
            ErrorCode.CONFLICT,
            ErrorCode.DAMAGED,
            ErrorCode.BUG);

    private final JobSource jobs;
    private final Function<BooleanSupplier, CopyWorker> workers;
    private final Runnable check;
    private final List<Thread> threads = new ArrayList<>();
    private volatile @Nullable Throwable failure;

    /**
     * A run to come.
     *
     * @param workers makes one, on the thread that will use it; it asks whether it is stopped
     * @param check throws when the work is pointless by now; called before each job
     */
    ParallelCopy(JobSource jobs, Function<BooleanSupplier, CopyWorker> workers, Runnable check) {
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
        try (CopyWorker worker = workers.apply(() -> failure != null)) {
            while (failure == null) {
                check.run();
                Optional<CopyJob> job = jobs.next();
                if (job.isEmpty()) {
                    break;
                }
                worker.copy(job.get());
            }
            if (isWorthKeeping(failure)) {
                worker.finish();
            }
        } catch (RuntimeException | Error e) {
            abort(e);
        }
    }

    private static boolean isWorthKeeping(@Nullable Throwable failure) {
        return switch (failure) {
            case null -> true;
            case PgkeepException e -> !REPOSITORY_FAILED.contains(e.code());
            case Throwable _ -> false;
        };
    }

    /** Stops the workers; the first reason given counts. */
    void abort(Throwable reason) {
        synchronized (threads) {
            if (failure == null) {
                failure = reason;
            }
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
        long end = System.nanoTime() + (isWorthKeeping(failure) ? GRACE.toNanos() : 0);
        for (Thread thread : workers) {
            while (thread.isAlive()) {
                try {
                    if (!thread.join(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
                        thread.interrupt();
                        thread.join();
                    }
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
