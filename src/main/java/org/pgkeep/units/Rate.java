package org.pgkeep.units;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** Bytes in a second, rounded down. */
public record Rate(long bytesPerSecond) {
    public Rate {
        if (bytesPerSecond < 0) {
            throw new PgkeepException(ErrorCode.BUG, "rate of " + bytesPerSecond + " bytes per second");
        }
    }

    /** The mean over a time. Anything done in no time at all has no rate: 0. */
    public static Rate of(long bytes, Duration elapsed) {
        BigDecimal seconds = seconds(elapsed);
        if (seconds.signum() <= 0) {
            return new Rate(0);
        }
        BigDecimal rate = BigDecimal.valueOf(bytes).divide(seconds, MathContext.DECIMAL64);
        return new Rate(rate.min(BigDecimal.valueOf(Long.MAX_VALUE)).longValue());
    }

    private static BigDecimal seconds(Duration duration) {
        return BigDecimal.valueOf(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNano(), 9));
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
