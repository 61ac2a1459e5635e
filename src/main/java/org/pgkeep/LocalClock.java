package org.pgkeep;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;

/**
 * The system's clock in the system's zone, which is looked up only when somebody asks for it: reading the table of zones takes
 * longer than all else that a short command does.
 */
final class LocalClock extends Clock {
    /** Looks the zone up beside what else begins. Java searches the program's jar for a table of zones, as it does for much else later. */
    static void prepare() {
        Thread.ofPlatform().daemon().name("zone").start(() -> {
            ZoneId _ = ZoneId.systemDefault();
        });
    }

    @Override
    public Instant instant() {
        return Instant.now();
    }

    @Override
    public ZoneId getZone() {
        return ZoneId.systemDefault();
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return Clock.system(zone);
    }
}
