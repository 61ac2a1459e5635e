package org.pgkeep.harness;

import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/** Waiting for something to become true, with an end. */
public final class Wait {
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final Duration POLL = Duration.ofMillis(50);

    private Wait() {}

    /** Waits for minutes at most, which only a machine takes that is busy with much else. */
    public static void until(String what, BooleanSupplier condition) {
        until(what, LONGEST, condition);
    }

    /** Waits, then fails with what was waited for. */
    public static void until(String what, Duration longest, BooleanSupplier condition) {
        Instant end = Instant.now().plus(longest);
        while (!condition.getAsBoolean()) {
            if (Instant.now().isAfter(end)) {
                throw new AssertionError("still waiting after " + longest.toSeconds() + " s: " + what);
            }
            sleep(POLL);
        }
    }

    /** Does nothing for a while. */
    public static void sleep(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
