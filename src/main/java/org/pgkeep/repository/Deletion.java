package org.pgkeep.repository;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.Storage;

/** Deletes many objects, several at once. Takes them one by one from the stream, however long it is. */
final class Deletion {
    private final Storage storage;
    private final Lease lease;
    private final Iterator<ObjectInfo> objects;
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
     * @param lease looked at before each
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
            for (Optional<ObjectInfo> next = next(); next.isPresent(); next = next()) {
                delete(next.get());
            }
        } catch (RuntimeException | Error e) {
            stopped = true;
            throw e;
        }
    }

    private synchronized Optional<ObjectInfo> next() {
        return !stopped && objects.hasNext() ? Optional.of(objects.next()) : Optional.empty();
    }

    private void delete(ObjectInfo object) {
        lease.checkHeld();
        if (lease.isOver()) {
            lease.assertHeld();
        }
        if (storage.delete(object.name())) {
            long _ = count.incrementAndGet();
            long _ = bytes.addAndGet(object.sizeBytes());
        }
    }
}
