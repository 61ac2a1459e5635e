package org.pgkeep.repository;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.StorageTraits;

/** Reads many small things at once, as many as the store is good at; the results come in the order of what was asked for. */
final class ParallelReads<I, O> {
    /** Where each read is a request to another machine, most of the time passes waiting for it. */
    private static final int REQUESTS_MAX = 32;

    private final List<I> items;
    private final Function<I, O> read;
    private final AtomicReferenceArray<@Nullable O> results;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private ParallelReads(List<I> items, Function<I, O> read) {
        this.items = items;
        this.read = read;
        this.results = new AtomicReferenceArray<>(items.size());
    }

    /**
     * Reads all; this thread works, too.
     *
     * @throws PgkeepException the first error of any, which ends all
     */
    static <I, O> List<O> all(StorageTraits traits, List<I> items, Function<I, O> read) {
        int most = traits.local() ? Runtime.getRuntime().availableProcessors() : REQUESTS_MAX;
        ParallelReads<I, O> reads = new ParallelReads<>(items, read);
        reads.run(Math.min(most, items.size()));
        return reads.results();
    }

    private void run(int count) {
        List<Thread> others = new ArrayList<>();
        for (int i = 1; i < count; i++) {
            others.add(Thread.ofPlatform().name("read-" + i).daemon().start(this::work));
        }
        work();
        others.forEach(this::join);
        Throwable failed = failure.get();
        if (failed != null) {
            fail(failed);
        }
    }

    private static void fail(Throwable failed) {
        switch (failed) {
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new PgkeepException(ErrorCode.BUG, "a reader failed").causedBy(e);
        }
    }

    private void work() {
        try {
            for (int i = next.getAndIncrement(); i < items.size(); i = next.getAndIncrement()) {
                if (failure.get() != null) {
                    return;
                }
                results.set(i, read.apply(items.get(i)));
            }
        } catch (RuntimeException | Error e) {
            boolean _ = failure.compareAndSet(null, e);
        }
    }

    private void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            boolean _ = failure.compareAndSet(
                    null, new PgkeepException(ErrorCode.TERMINATED, "interrupted while reading").causedBy(e));
        }
    }

    private List<O> results() {
        List<O> all = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            O result = results.get(i);
            if (result != null) {
                all.add(result);
            }
        }
        return all;
    }
}
