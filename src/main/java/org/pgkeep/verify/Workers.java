package org.pgkeep.verify;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * A fixed number of threads that take jobs from one list, each with tools of its own. The first error ends all; an interrupt of the
 * caller, too.
 */
final class Workers<T, C extends AutoCloseable> {
    private final Iterator<T> jobs;
    private final Supplier<C> tools;
    private final Work<T, C> work;
    private @Nullable Throwable failure;

    private Workers(Iterator<T> jobs, Supplier<C> tools, Work<T, C> work) {
        this.jobs = jobs;
        this.tools = tools;
        this.work = work;
    }

    /** What is done with a job. */
    interface Work<T, C> {
        void run(T job, C tools);
    }

    /** Does all jobs. The iterator is used by one thread at a time. */
    static <T, C extends AutoCloseable> void run(int count, Iterator<T> jobs, Supplier<C> tools, Work<T, C> work) {
        Workers<T, C> workers = new Workers<>(jobs, tools, work);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            threads.add(Thread.ofPlatform().name("pgkeep-verify-" + i).start(workers::workThrough));
        }
        workers.join(threads);
        workers.throwFailure();
    }

    // Closing tools throws nothing checked in fact; that any AutoCloseable may, even when interrupted, is what is
    // warned of.
    @SuppressWarnings("try")
    private void workThrough() {
        try (C mine = tools.get()) {
            for (T job = next(); job != null; job = next()) {
                work.run(job, mine);
            }
        } catch (Throwable e) {
            // An Error, too, such as a lack of memory, must end the run with its cause and not as a success.
            fail(e);
        }
    }

    private synchronized @Nullable T next() {
        return failure == null && jobs.hasNext() ? jobs.next() : null;
    }

    private synchronized void fail(Throwable e) {
        if (failure == null) {
            failure = e;
        }
    }

    private void join(List<Thread> threads) {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                    fail(new PgkeepException(ErrorCode.TERMINATED, "interrupted while verifying").causedBy(e));
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void throwFailure() {
        switch (failure) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new PgkeepException(ErrorCode.BUG, "a worker failed").causedBy(failure);
        }
    }
}
