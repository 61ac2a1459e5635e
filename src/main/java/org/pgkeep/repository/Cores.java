package org.pgkeep.repository;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** How many may compute at a time. Who waits for a disk holds none of them, so that more can be under way. Thread-safe. */
public final class Cores {
    /** As many as want to. */
    public static final Cores ANY = new Cores(Optional.empty());

    private final Optional<Semaphore> free;

    private Cores(Optional<Semaphore> free) {
        this.free = free;
    }

    /** So many, from 1. */
    public static Cores of(int count) {
        return new Cores(Optional.of(new Semaphore(count)));
    }

    /** What computes. */
    interface Work<T> {
        T run() throws IOException;
    }

    /** Does the work once there is a core for it. */
    <T> T compute(Work<T> work) throws IOException {
        free.ifPresent(Semaphore::acquireUninterruptibly);
        try {
            return work.run();
        } finally {
            free.ifPresent(Semaphore::release);
        }
    }
}
