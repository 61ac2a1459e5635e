package org.pgkeep.repository;

import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * How many may compute at a time. Who waits for a disk holds none of them, so that more can be under way. Some have {@link SegmentMemory}: all
 * segments are read once then, and not three times. Thread-safe.
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
        Cores cores = new Cores(Optional.of(new Semaphore(count)));
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
    Core take() {
        free.ifPresent(Semaphore::acquireUninterruptibly);
        return new Core(memories.poll());
    }

    /** One, for whoever took it. Not thread-safe. */
    final class Core {
        private @Nullable SegmentMemory memory;
        private boolean released;

        private Core(@Nullable SegmentMemory memory) {
            this.memory = memory;
        }

        /** Its memory, if it has any, until it is given back. */
        @Nullable
        SegmentMemory memory() {
            return memory;
        }

        /** Gives it back; again: nothing happens. */
        void release() {
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
