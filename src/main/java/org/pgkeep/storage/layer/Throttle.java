package org.pgkeep.storage.layer;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** Lets so many bytes pass in a second, whoever asks: each waits until its turn is over that was before it. Thread-safe. */
public final class Throttle {
    private static final double NANOS = 1e9;

    private final long bytesPerSecond;
    private final LongSupplier nanoTime;
    private final Sleep sleep;
    private long free;

    /** How to wait. */
    public interface Sleep {
        /** So many nanoseconds. */
        void nanos(long nanos) throws InterruptedException;
    }

    /**
     * By the system's clock.
     *
     * @param bytesPerSecond from 1
     */
    public Throttle(long bytesPerSecond) {
        this(bytesPerSecond, System::nanoTime, TimeUnit.NANOSECONDS::sleep);
    }

    Throttle(long bytesPerSecond, LongSupplier nanoTime, Sleep sleep) {
        this.bytesPerSecond = bytesPerSecond;
        this.nanoTime = nanoTime;
        this.sleep = sleep;
        this.free = nanoTime.getAsLong();
    }

    /**
     * Waits until these bytes may pass. Time in which nobody asked is not saved up.
     *
     * @throws PgkeepException {@code TERMINATED} when interrupted
     */
    public void pass(long bytes) {
        long wait = turn(bytes);
        if (wait > 0) {
            try {
                sleep.nanos(wait);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PgkeepException(ErrorCode.TERMINATED, "interrupted while held to its rate limit").causedBy(e);
            }
        }
    }

    private synchronized long turn(long bytes) {
        long now = nanoTime.getAsLong();
        long begin = free - now > 0 ? free : now;
        free = begin + (long) (bytes * NANOS / bytesPerSecond);
        return begin - now;
    }
}
