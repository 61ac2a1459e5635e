package org.pgkeep.repository;

import java.io.IOException;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * How many may compute at a time. Who waits for a disk holds none of them, so that more can be under way, and neither the disk nor the
 * processors wait for each other. For segments some have {@link SegmentMemory}: all are read once then, and not three times. Thread-safe.
 */
public final class Cores {
    /** As many as want to, without memory: who stores one segment would pay for it and use it once. */
    public static final Cores ANY = new Cores(Optional.empty());

    /** 32 MiB each. */
    private static final int WITH_MEMORY_MAX = 2;

    private final Optional<Semaphore> free;
    private final Queue<SegmentMemory> memories = new ConcurrentLinkedQueue<>();

    private Cores(Optional<Semaphore> free) {
        this.free = free;
    }

    /** So many, from 1. */
    public static Cores of(int count) {
        return new Cores(Optional.of(new Semaphore(count)));
    }

    /** So many, from 1, for segments. */
    public static Cores withMemory(int count) {
        Cores cores = of(count);
        for (int i = 0; i < Math.min(count, WITH_MEMORY_MAX); i++) {
            cores.memories.add(new SegmentMemory());
        }
        return cores;
    }

    /** Whether somebody counts them: there is work for each then. */
    boolean areCounted() {
        return free.isPresent();
    }

    /** Waits for a free one. */
    public Core take() {
        return new Core();
    }

    /** What waits for something else than a processor. */
    public interface Waiting {
        /** Waits; whether it succeeded. */
        boolean run() throws IOException;
    }

    /** One, for whoever took it. Not thread-safe. */
    public final class Core {
        private @Nullable SegmentMemory memory;
        private boolean released;

        private Core() {
            acquire();
        }

        private void acquire() {
            free.ifPresent(Semaphore::acquireUninterruptibly);
            memory = memories.poll();
            released = false;
        }

        /** Its memory, if it has any, until it is given back. */
        @Nullable
        SegmentMemory memory() {
            return memory;
        }

        /** Another has it meanwhile. */
        public boolean without(Waiting waiting) throws IOException {
            release();
            try {
                return waiting.run();
            } finally {
                acquire();
            }
        }

        /** Gives it back; again: nothing happens. */
        public void release() {
            if (released) {
                return;
            }
            released = true;
            if (memory != null) {
                memories.add(memory);
                memory = null;
            }
            free.ifPresent(Semaphore::release);
        }
    }
}
