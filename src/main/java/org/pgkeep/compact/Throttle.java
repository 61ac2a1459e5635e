package org.pgkeep.compact;

import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.units.Rate;

/** Lets only so many bytes pass in a second, on average from its beginning. For one thread. */
final class Throttle {
    private static final double NANOS = 1e9;

    private final Optional<Rate> limit;
    private final long begun = System.nanoTime();
    private long passed;

    Throttle(Optional<Rate> limit) {
        this.limit = limit;
    }

    /** Waits until these may pass. */
    void pass(long bytes) {
        passed += bytes;
        limit.ifPresent(rate -> sleep((long) (NANOS * passed / rate.bytesPerSecond()) - (System.nanoTime() - begun)));
    }

    private static void sleep(long nanos) {
        if (nanos <= 0) {
            return;
        }
        try {
            Thread.sleep(nanos / 1_000_000, (int) (nanos % 1_000_000));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PgkeepException(ErrorCode.TERMINATED, "interrupted while compacting").causedBy(e);
        }
    }
}
