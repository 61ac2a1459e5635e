package org.pgkeep.units;

import java.time.Duration;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** Bytes in a second, rounded down; exact up to 2^53. */
public record Rate(long bytesPerSecond) {
    private static final double NANOS = 1e9;

    public Rate {
        if (bytesPerSecond < 0) {
            throw new PgkeepException(ErrorCode.BUG, "rate of " + bytesPerSecond + " bytes per second");
        }
    }

    /** The mean over a time. Anything done in no time at all has no rate: 0. */
    public static Rate of(long bytes, Duration elapsed) {
        double seconds = elapsed.toNanos() / NANOS;
        return new Rate(seconds <= 0 ? 0 : (long) (bytes / seconds));
    }

    /** How long this many bytes take, to the second above; empty at a rate of 0 (for ever). */
    public Optional<Duration> timeFor(long bytes) {
        return bytesPerSecond == 0
                ? Optional.empty()
                : Optional.of(Duration.ofSeconds(Math.ceilDiv(bytes, bytesPerSecond)));
    }

    /** As {@link ByteCount}, each second: {@code 123.4 MiB/s}. */
    @Override
    public String toString() {
        return ByteCount.print(bytesPerSecond) + "/s";
    }
}
