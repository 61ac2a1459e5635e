package org.pgkeep.config;

import static org.pgkeep.config.CommandName.CONFIG;
import static org.pgkeep.config.CommandName.RESTORE;
import static org.pgkeep.config.CommandName.VERIFY;

import java.time.OffsetDateTime;
import java.util.List;
import org.pgkeep.config.OptionType.Choice;
import org.pgkeep.config.OptionType.Flag;
import org.pgkeep.config.OptionType.Text;
import org.pgkeep.config.OptionType.Timestamp;

/** How far a restored cluster recovers. Rows of the table of {@link Options}. */
interface RecoveryOptions {
    String GROUP = "Recovery target";

    /** Recovery up to a time. */
    Option<OffsetDateTime> TARGET_TIME = Option.of(
                    "target-time",
                    new Timestamp(),
                    "Recovers up to this time; verify says whether that is possible, and proves what it takes")
            .in(Scope.RUN, GROUP)
            .on(RESTORE, VERIFY);

    /** Recovery up to an LSN. */
    Option<String> TARGET_LSN = Option.of(
                    "target-lsn", new Text("LSN"), "Recovers up to this WAL location; PostgreSQL 10 and later")
            .in(Scope.RUN, GROUP)
            .on(RESTORE, VERIFY);

    /** Recovery up to a transaction. */
    Option<String> TARGET_XID = Option.of("target-xid", new Text("XID"), "Recovers up to the end of this transaction")
            .in(Scope.RUN, GROUP)
            .on(RESTORE, VERIFY);

    /** Recovery up to a restore point. */
    Option<String> TARGET_NAME = Option.of(
                    "target-name", new Text("NAME"), "Recovers up to this restore point (pg_create_restore_point)")
            .in(Scope.RUN, GROUP)
            .on(RESTORE, VERIFY);

    /** Recovery no further than consistency. */
    Option<String> TARGET = Option.of("target", Choice.of("immediate"), "Recovers only until the backup is consistent")
            .in(Scope.RUN, GROUP)
            .on(RESTORE, VERIFY);

    /** Stop before the target. */
    Option<Boolean> TARGET_EXCLUSIVE = Option.of(
                    "target-exclusive", new Flag(), "Stops just before the target instead of just after it")
            .withDefault("false")
            .in(Scope.RUN, GROUP)
            .on(RESTORE);

    /** Which timeline to follow. */
    Option<String> TARGET_TIMELINE = Option.of(
                    "target-timeline",
                    new Text("latest|current|N"),
                    "Follows this timeline: its number, latest, or current for the backup's own")
            .withDefault("latest")
            .in(Scope.RUN, GROUP)
            .on(RESTORE, VERIFY);

    /** What follows when the target is reached. */
    Option<String> TARGET_ACTION = Option.of(
                    "target-action",
                    Choice.of("pause", "promote", "shutdown"),
                    "What PostgreSQL does at the target: wait for a look, open for writing, or stop")
            .withDefault("pause")
            .in(Scope.RUN, GROUP)
            .on(RESTORE);

    /** A standby. */
    Option<Boolean> STANDBY = Option.of(
                    "standby", new Flag(), "Restores a standby, which goes on following the archive and its primary")
            .withDefault("false")
            .in(Scope.RUN, GROUP)
            .on(RESTORE);

    /** Where a standby streams from. */
    Option<String> PRIMARY_CONNINFO = Option.of(
                    "primary-conninfo",
                    new Text("CONNINFO"),
                    "Connection string of the primary that a standby streams from; leave a password to ~/.pgpass")
            .in(Scope.RUN, GROUP)
            .on(RESTORE);

    /** How the restored server fetches WAL. */
    Option<String> RESTORE_COMMAND = Option.of(
                    "restore-command",
                    new Text("COMMAND"),
                    "Sets this restore_command instead of one that calls this pgkeep with this configuration")
            .in(Scope.CLUSTER, GROUP)
            .on(RESTORE, CONFIG);

    /** Whether recovery looks into the archive. */
    Option<Boolean> FROM_ARCHIVE = Option.of(
                    "archive",
                    new Flag(),
                    "Recovers with WAL from the archive; without it, with the WAL alone that a backup holds which was taken with"
                            + " --wal=copy or --wal=stream, for a server that cannot reach the repository")
            .withDefault("true")
            .in(Scope.RUN, GROUP)
            .on(RESTORE);

    List<Option<?>> ROWS = List.of(
            TARGET_TIME,
            TARGET_LSN,
            TARGET_XID,
            TARGET_NAME,
            TARGET,
            TARGET_EXCLUSIVE,
            TARGET_TIMELINE,
            TARGET_ACTION,
            STANDBY,
            PRIMARY_CONNINFO,
            RESTORE_COMMAND,
            FROM_ARCHIVE);
}
