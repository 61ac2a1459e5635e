package org.pgkeep.receive;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Finds out that a server is gone which said nothing of it: a machine that lost its power or its network. An idle one is silent as well, because
 * it hears of us every few seconds; so after a while it is asked for a sign of life ({@code wal_receiver_timeout}'s rule, {@code
 * walreceiver.c}). Not thread-safe.
 */
final class Silence {
    /** After so long it is asked, and has as long to answer. */
    static final Duration LONG = Duration.ofSeconds(30);

    private final LongSupplier nanos;
    private long since;
    private boolean asked;

    /** What to do. */
    enum Verdict {
        WAIT,
        ASK,
        GONE
    }

    /** By this clock, which never jumps. */
    Silence(LongSupplier nanos) {
        this.nanos = nanos;
        this.since = nanos.getAsLong();
    }

    /** It said something. */
    void broken() {
        since = nanos.getAsLong();
        asked = false;
    }

    /** It says nothing; once {@code ASK} was said, it is asked. */
    Verdict lasts() {
        if (nanos.getAsLong() - since < LONG.toNanos()) {
            return Verdict.WAIT;
        }
        since = nanos.getAsLong();
        Verdict verdict = asked ? Verdict.GONE : Verdict.ASK;
        asked = true;
        return verdict;
    }
}
