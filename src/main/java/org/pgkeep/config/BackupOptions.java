package org.pgkeep.config;

import static org.pgkeep.config.CommandName.BACKUP;
import static org.pgkeep.config.CommandName.CONFIG;

import java.util.List;
import org.pgkeep.config.OptionType.Choice;
import org.pgkeep.config.OptionType.Flag;
import org.pgkeep.config.OptionType.Listed;
import org.pgkeep.config.OptionType.Name;
import org.pgkeep.config.OptionType.Text;

/** How a backup is taken. Rows of the table of {@link Options}. */
interface BackupOptions {
    String GROUP = "Backup";

    /** What kind of backup. */
    Option<String> BACKUP_TYPE = Option.of(
                    "type",
                    Choice.of("full", "diff", "incr"),
                    "Stores everything (full), what changed since the last full backup (diff), or since the last backup"
                            + " (incr); where there is none to build on, everything")
            .withDefault("incr")
            .in(Scope.RUN, GROUP)
            .on(BACKUP);

    /** The backup to build on. */
    Option<String> BASE = Option.of(
                    "base",
                    new Text("LABEL|NAME"),
                    "Stores what changed since the backup of this label or name, instead of one that --type tells")
            .in(Scope.RUN, GROUP)
            .on(BACKUP);

    /** How changes are found. */
    Option<String> CHANGES = Option.of(
                    "changes",
                    Choice.of("auto", "summary", "wal", "ptrack", "lsn", "files", "hash"),
                    "Finds what changed by the server's WAL summaries, by pgkeep's own, by the extension ptrack, by the LSN of"
                            + " every page, by size and time of files, or by the hash of every block; auto takes the cheapest"
                            + " that is safe")
            .withDefault("auto")
            .in(Scope.CLUSTER, GROUP)
            .on(BACKUP, CONFIG);

    /** A stopped cluster. */
    Option<Boolean> OFFLINE = Option.of(
                    "offline", new Flag(), "Backs up a stopped cluster, without a server and without WAL")
            .withDefault("false")
            .in(Scope.RUN, GROUP)
            .on(BACKUP);

    /** Immediate checkpoint. */
    Option<Boolean> START_FAST = Option.of(
                    "start-fast", new Flag(), "Starts with an immediate checkpoint instead of waiting for a spread one")
            .withDefault("true")
            .in(Scope.CLUSTER, GROUP)
            .on(BACKUP, CONFIG);

    /** Whether attempts are resumed. */
    Option<Boolean> RESUME = Option.of(
                    "resume",
                    new Flag(),
                    "Refers to what backups that were cut off have stored already, where it is still the same; without it"
                            + " that is removed and stored anew")
            .withDefault("true")
            .in(Scope.CLUSTER, GROUP)
            .on(BACKUP, CONFIG);

    /** Whether archiving is proved first. */
    Option<Boolean> ARCHIVE_CHECK = Option.of(
                    "archive-check",
                    new Flag(),
                    "Proves before copying that WAL reaches the repository, and waits afterwards for all the backup"
                            + " needs; without it a backup may not be restorable")
            .withDefault("true")
            .in(Scope.CLUSTER, GROUP)
            .on(BACKUP, CONFIG);

    /** Where the WAL is kept that a backup needs. */
    Option<String> BACKUP_WAL = Option.of(
                    "wal",
                    Choice.of("archive", "copy", "stream"),
                    "Leaves the WAL that the backup needs to the archive (archive), copies it from there into the backup as well"
                            + " (copy), or receives it from the server into the backup, which then needs no archive (stream)")
            .withDefault("archive")
            .in(Scope.CLUSTER, GROUP)
            .on(BACKUP, CONFIG);

    /** Whether pages are checked. */
    Option<Boolean> PAGE_CHECKS = Option.of(
                    "page-checks", new Flag(), "Checks the checksum of every page, where the cluster has them")
            .withDefault("true")
            .in(Scope.CLUSTER, GROUP)
            .on(BACKUP, CONFIG);

    /** What is left out. */
    Option<List<String>> EXCLUDE = Option.of(
                    "exclude",
                    new Listed<>(new Text("PATH")),
                    "Leaves out this file or directory, or only a directory's content if it ends in a slash; relative to the"
                            + " data directory; may be repeated")
            .in(Scope.CLUSTER, GROUP)
            .on(BACKUP, CONFIG);

    /** Where else it goes. */
    Option<List<String>> COPY_TO = Option.of(
                    "copy-to",
                    new Listed<>(new Name()),
                    "Copies the backup into this repository, too, as it is stored: the cluster is read once; may be repeated")
            .in(Scope.CLUSTER, GROUP)
            .on(BACKUP, CONFIG);

    List<Option<?>> ROWS = List.of(
            BACKUP_TYPE,
            BASE,
            CHANGES,
            OFFLINE,
            START_FAST,
            RESUME,
            ARCHIVE_CHECK,
            BACKUP_WAL,
            PAGE_CHECKS,
            EXCLUDE,
            COPY_TO);
}
