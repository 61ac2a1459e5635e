package org.pgkeep.postgres.server;

import java.time.Duration;
import java.util.Optional;
import org.pgkeep.postgres.Lsn;

/**
 * What a server says of one standby's stream.
 *
 * @param end where its WAL is written up to, on a standby replayed up to
 * @param slot the slot asked for; empty when there is none of that name
 * @param receiver the standby of the name asked for; empty when none is connected
 */
public record StreamingFacts(Lsn end, Optional<Slot> slot, Optional<Receiver> receiver) {
    /**
     * A replication slot ({@code pg_replication_slots}).
     *
     * @param active whether somebody streams with it
     * @param restart from where it keeps WAL; empty when it keeps none
     * @param walStatus {@code reserved}, {@code extended}, {@code unreserved} or {@code lost}; empty before 13
     * @param safeBytes how much WAL can be written before it may lose some; empty before 13, and without a limit
     */
    public record Slot(
            String name, boolean active, Optional<Lsn> restart, Optional<String> walStatus, Optional<Long> safeBytes) {}

    /**
     * A standby ({@code pg_stat_replication}); a role that may not see it all is told only its name.
     *
     * @param state {@code streaming}, {@code catchup}, …
     * @param sync whether commits wait for it: as {@code sync_state} says
     * @param written what it says it received
     * @param flushed what it says is durable
     * @param flushLag how long the last WAL took from the server's disk to its; empty before 10, and when it has caught up and nothing moves
     */
    public record Receiver(
            String name,
            Optional<String> state,
            Optional<String> sync,
            Optional<Lsn> written,
            Optional<Lsn> flushed,
            Optional<Duration> flushLag) {}
}
