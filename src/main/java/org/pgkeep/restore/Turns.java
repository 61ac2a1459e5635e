package org.pgkeep.restore;

import java.io.IOException;
import java.util.concurrent.Semaphore;

/**
 * Lets as many workers calculate at once as there are jobs. There are more workers than that: whoever writes past the page cache waits for
 * the disk, and leaves its turn to another meanwhile. Without them the disk waits while frames are decompressed, and the processor while they
 * are written.
 */
final class Turns {
    /** Workers besides the jobs: each has 4 MiB of buffers, and a few are enough for any disk. */
    private static final int WRITERS_MAX = 8;

    private final Semaphore free;
    private final int workers;

    /** For so many jobs. */
    Turns(int jobs) {
        this.free = new Semaphore(jobs);
        this.workers = jobs + Math.min(jobs, WRITERS_MAX);
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
