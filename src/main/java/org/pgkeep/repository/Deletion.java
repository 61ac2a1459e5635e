package org.pgkeep.repository;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;

/**
 * Deletes many objects, several at once. Takes a few from the stream at a time, however long it is: small ones that follow on one another in one
 * folder, for the store to delete together.
 */
final class Deletion {
    private static final int TOGETHER_MAX = 64;
    private static final long TOGETHER_BYTES_MAX = 256L << 20;

    private final Storage storage;
    private final Lease lease;
    private final Iterator<ObjectInfo> objects;
    private Optional<ObjectInfo> ahead = Optional.empty();
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private volatile boolean stopped;

    private Deletion(Storage storage, Lease lease, Iterator<ObjectInfo> objects) {
        this.storage = storage;
        this.lease = lease;
        this.objects = objects;
    }

    /**
     * Deletes them all; after an error, which is the first one's, no further one is begun.
     *
     * @param lease looked at before each few
     * @param jobs how many at once
     */
    static Freed run(Storage storage, Lease lease, Stream<ObjectInfo> objects, int jobs) {
        try (objects) {
            Deletion deletion = new Deletion(storage, lease, objects.iterator());
            deletion.run(jobs);
            return new Freed(deletion.count.get(), deletion.bytes.get());
        }
    }

    private void run(int jobs) {
        if (jobs == 1) {
            work();
            return;
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < jobs; i++) {
                running.add(threads.submit(this::work));
            }
            for (Future<?> each : running) {
                await(each);
            }
        }
    }

    private void await(Future<?> work) {
        try {
            work.get();
        } catch (InterruptedException e) {
            stopped = true;
            Thread.currentThread().interrupt();
            throw new PgkeepException(ErrorCode.TERMINATED, "interrupted while deleting").causedBy(e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                case null, default -> throw new PgkeepException(ErrorCode.BUG, "cannot delete").causedBy(e);
            }
        }
    }

    private void work() {
        try {
            for (List<ObjectInfo> next = next(); !next.isEmpty(); next = next()) {
                delete(next);
            }
        } catch (RuntimeException | Error e) {
            stopped = true;
            throw e;
        }
    }

    /** What is deleted together next; nothing at the end. */
    private synchronized List<ObjectInfo> next() {
        List<ObjectInfo> together = new ArrayList<>();
        long sum = 0;
        for (Optional<ObjectInfo> next = peek(); next.isPresent(); next = peek()) {
            ObjectInfo object = next.get();
            boolean full = together.size() == TOGETHER_MAX || sum + object.sizeBytes() > TOGETHER_BYTES_MAX;
            boolean elsewhere = !together.isEmpty()
                    && !object.name().folder().equals(together.getFirst().name().folder());
            if (!together.isEmpty() && (full || elsewhere)) {
                return together;
            }
            together.add(object);
            sum += object.sizeBytes();
            ahead = Optional.empty();
        }
        return together;
    }

    private Optional<ObjectInfo> peek() {
        if (ahead.isEmpty() && !stopped && objects.hasNext()) {
            ahead = Optional.of(objects.next());
        }
        return stopped ? Optional.empty() : ahead;
    }

    private void delete(List<ObjectInfo> together) {
        lease.checkHeld();
        if (lease.isOver()) {
            lease.assertHeld();
        }
        Set<ObjectName> gone = Set.copyOf(
                storage.deleteAll(together.stream().map(ObjectInfo::name).toList()));
        for (ObjectInfo object : together) {
            if (gone.contains(object.name())) {
                long _ = count.incrementAndGet();
                long _ = bytes.addAndGet(object.sizeBytes());
            }
        }
    }
}
