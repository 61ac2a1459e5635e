package org.pgkeep.restore;

import java.io.IOException;
import java.util.concurrent.Semaphore;

/**
 * Lets as many workers calculate at once as there are jobs. There are more workers than that where they write past the page cache: whoever
 * does waits for the disk, and leaves its turn to another meanwhile. Without them the disk waits while frames are decompressed, and the
 * processor while they are written.
 */
final class Turns {
    /** Workers besides the jobs: a few are enough for any disk, and each has buffers. */
    private static final int WRITERS_MAX = 8;

    private final Semaphore free;
    private final int workers;

    private Turns(int jobs, int workers) {
        this.free = new Semaphore(jobs);
        this.workers = workers;
    }

    /** For so many jobs that calculate, read and write through the page cache. */
    static Turns of(int jobs) {
        return new Turns(jobs, jobs);
    }

    /** For so many jobs, and some that write past the page cache meanwhile. */
    static Turns withWriters(int jobs) {
        return new Turns(jobs, jobs + Math.min(jobs, WRITERS_MAX));
    }

    /** What writes. */
    interface Writing {
        boolean run() throws IOException;
    }

    /** How many workers keep the jobs busy. */
    int workers() {
        return workers;
    }

    /** Waits for a turn. */
    void take() {
        free.acquireUninterruptibly();
    }

    /** The caller has calculated enough. */
    void give() {
        free.release();
    }

    /** Writes while another has the caller's turn. */
    boolean without(Writing writing) throws IOException {
        give();
        try {
            return writing.run();
        } finally {
            take();
        }
    }
}
