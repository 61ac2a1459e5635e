package org.pgkeep.config;

import static org.pgkeep.config.CommandName.CONFIG;
import static org.pgkeep.config.CommandName.RECEIVE_WAL;
import static org.pgkeep.config.CommandName.WAL;

import java.time.Duration;
import java.util.List;
import org.pgkeep.config.OptionType.Flag;
import org.pgkeep.config.OptionType.Text;

/** How WAL is streamed. Rows of the table of {@link Options}. */
interface ReceiveOptions {
    String GROUP = "Streaming";

    /** What the server knows us as. */
    Option<String> APPLICATION_NAME = Option.of(
                    "application-name",
                    new Text("NAME"),
                    "Name of this standby, as pg_stat_replication shows it and synchronous_standby_names names it")
            .withDefault("pgkeep")
            .in(Scope.CLUSTER, GROUP)
            .on(RECEIVE_WAL, WAL, CONFIG);

    /** What keeps WAL. */
    Option<String> SLOT = Option.of(
                    "slot",
                    new Text("NAME"),
                    "Physical replication slot: the server keeps WAL until it is in the repository; made if there is none")
            .withLetter("S")
            .in(Scope.CLUSTER, GROUP)
            .on(RECEIVE_WAL, WAL, CONFIG);

    /** Whether to make it. */
    Option<Boolean> CREATE_SLOT = Option.of(
                    "create-slot", new Flag(), "Makes the replication slot where there is none, also after a failover")
            .withDefault("true")
            .in(Scope.CLUSTER, GROUP)
            .on(RECEIVE_WAL, CONFIG);

    /** Remove the slot. */
    Option<Boolean> DROP_SLOT = Option.of(
                    "drop-slot", new Flag(), "Removes the replication slot that --slot names, and ends")
            .withDefault("false")
            .in(Scope.RUN, GROUP)
            .on(RECEIVE_WAL);

    /** Somebody waits. */
    Option<Boolean> SYNCHRONOUS = Option.of(
                    "synchronous",
                    new Flag(),
                    "Makes WAL durable as soon as it comes, because commits wait for it; found out without being told where"
                            + " synchronous_standby_names names this standby when it connects, from PostgreSQL 10 on")
            .withDefault("false")
            .in(Scope.CLUSTER, GROUP)
            .on(RECEIVE_WAL, CONFIG);

    /** How old WAL may become. */
    Option<Duration> FLUSH_INTERVAL = Option.of(
                    "flush-interval",
                    new Span(Duration.ofMillis(100), Duration.ofHours(1)),
                    "Makes WAL durable at most so long after it came, when no commit waits for it")
            .withDefault("10s")
            .in(Scope.CLUSTER, GROUP)
            .on(RECEIVE_WAL, CONFIG);

    /** How much may wait. */
    Option<Long> FLUSH_SIZE = Option.of(
                    "flush-size",
                    new Size(1L << 16, 1L << 30),
                    "Makes WAL durable when so much of it waits, however young it is")
            .withDefault("4MiB")
            .in(Scope.CLUSTER, GROUP)
            .on(RECEIVE_WAL, CONFIG);

    /** Try for ever. */
    Option<Boolean> LOOP = Option.of(
                    "loop", new Flag(), "Tries again for ever when the connection is lost or no server answers")
            .withDefault("true")
            .in(Scope.CLUSTER, GROUP)
            .on(RECEIVE_WAL, CONFIG);

    List<Option<?>> ROWS =
            List.of(APPLICATION_NAME, SLOT, CREATE_SLOT, DROP_SLOT, SYNCHRONOUS, FLUSH_INTERVAL, FLUSH_SIZE, LOOP);
}
