package org.pgkeep.config;

import static org.pgkeep.config.CommandName.ANNOTATE;
import static org.pgkeep.config.CommandName.ARCHIVE_PUSH;
import static org.pgkeep.config.CommandName.BACKUP;
import static org.pgkeep.config.CommandName.CHECK;
import static org.pgkeep.config.CommandName.COMPACT;
import static org.pgkeep.config.CommandName.CONFIG;
import static org.pgkeep.config.CommandName.COPY;
import static org.pgkeep.config.CommandName.DELETE;
import static org.pgkeep.config.CommandName.DEMO;
import static org.pgkeep.config.CommandName.EXPIRE;
import static org.pgkeep.config.CommandName.FORGET;
import static org.pgkeep.config.CommandName.INFO;
import static org.pgkeep.config.CommandName.INIT;
import static org.pgkeep.config.CommandName.KEY;
import static org.pgkeep.config.CommandName.MANIFEST;
import static org.pgkeep.config.CommandName.MERGE;
import static org.pgkeep.config.CommandName.PIN;
import static org.pgkeep.config.CommandName.RECEIVE_WAL;
import static org.pgkeep.config.CommandName.REPO;
import static org.pgkeep.config.CommandName.RESTORE;
import static org.pgkeep.config.CommandName.START;
import static org.pgkeep.config.CommandName.STOP;
import static org.pgkeep.config.CommandName.UNPIN;
import static org.pgkeep.config.CommandName.UPGRADE;
import static org.pgkeep.config.CommandName.VERIFY;
import static org.pgkeep.config.CommandName.VERSION;
import static org.pgkeep.config.CommandSets.WORKING;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.pgkeep.config.OptionType.Choice;
import org.pgkeep.config.OptionType.Flag;
import org.pgkeep.config.OptionType.Name;
import org.pgkeep.config.OptionType.PathName;

/** Which cluster in which repository, and how results are printed. Rows of the table of {@link Options}. */
interface GeneralOptions {
    String GROUP = "General";

    /** The configuration file. */
    Option<Path> CONFIG_FILE = Option.of(
                    "config", new PathName("FILE"), "Reads this configuration file instead of looking for one")
            .withLetter("c")
            .in(Scope.SELECTOR, GROUP)
            .on(WORKING);

    /** Which cluster. */
    Option<String> CLUSTER_NAME = Option.of(
                    "cluster",
                    new Name(),
                    "Works on this cluster; if none is named, the only one in the configuration file, else main")
            .withAliases("stanza", "instance")
            .in(Scope.SELECTOR, GROUP)
            .on(WORKING);

    /** Which repository. */
    Option<String> REPOSITORY_NAME = Option.of(
                    "repo",
                    new Name(),
                    "Works with this repository; if none is named, the first in the configuration file, else local")
            .in(Scope.CLUSTER, GROUP)
            .on(WORKING);

    /** How results are printed. */
    Option<String> OUTPUT = Option.of(
                    "output", Choice.of("text", "json"), "Prints the result as text for people or as one JSON document")
            .withLetter("o")
            .withDefault("text")
            .in(Scope.GLOBAL, GROUP)
            .on(
                    INIT,
                    CHECK,
                    UPGRADE,
                    BACKUP,
                    RESTORE,
                    INFO,
                    VERIFY,
                    KEY,
                    STOP,
                    START,
                    CONFIG,
                    DEMO,
                    VERSION,
                    EXPIRE,
                    DELETE,
                    MERGE,
                    COMPACT,
                    COPY,
                    FORGET,
                    PIN,
                    UNPIN,
                    ANNOTATE,
                    MANIFEST,
                    REPO,
                    RECEIVE_WAL,
                    CommandName.WAL);

    /** Root may write. */
    Option<Boolean> ALLOW_ROOT = Option.of(
                    "allow-root",
                    new Flag(),
                    "Lets root write into the repository, although the server's user could not write there afterwards")
            .withDefault("false")
            .in(Scope.GLOBAL, GROUP)
            .on(
                    INIT,
                    UPGRADE,
                    BACKUP,
                    KEY,
                    ARCHIVE_PUSH,
                    RECEIVE_WAL,
                    STOP,
                    START,
                    CONFIG,
                    EXPIRE,
                    DELETE,
                    MERGE,
                    COMPACT,
                    COPY,
                    FORGET,
                    PIN,
                    UNPIN,
                    ANNOTATE,
                    VERIFY,
                    REPO);

    /** Where temporary files go. */
    Option<Path> TEMPORARY = Option.of(
                    "tmp-path",
                    new PathName("DIR"),
                    "Directory for temporary files, a few hundred bytes for each file of the cluster; with receive-wal, for the segment that"
                            + " fills and two that are being stored")
            .withDefault("/tmp")
            .in(Scope.GLOBAL, GROUP)
            .on(BACKUP, RESTORE, VERIFY, COPY, RECEIVE_WAL, CONFIG);

    /** How long to wait for others. */
    Option<Duration> WAIT = Option.of(
                    "wait",
                    new Span(Duration.ZERO, Duration.ofDays(7)),
                    "Waits this long for other work on the cluster to end, such as a backup, instead of refusing at once")
            .withDefault("0s")
            .in(Scope.CLUSTER, GROUP)
            .on(UPGRADE, BACKUP, CONFIG, EXPIRE, DELETE, MERGE, COMPACT, COPY);

    List<Option<?>> ROWS = List.of(CONFIG_FILE, CLUSTER_NAME, REPOSITORY_NAME, OUTPUT, ALLOW_ROOT, TEMPORARY, WAIT);
}
