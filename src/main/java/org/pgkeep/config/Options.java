package org.pgkeep.config;

import static org.pgkeep.config.CommandName.ARCHIVE_GET;
import static org.pgkeep.config.CommandName.ARCHIVE_PUSH;
import static org.pgkeep.config.CommandName.BACKUP;
import static org.pgkeep.config.CommandName.CHECK;
import static org.pgkeep.config.CommandName.CONFIG;
import static org.pgkeep.config.CommandName.DEMO;
import static org.pgkeep.config.CommandName.INFO;
import static org.pgkeep.config.CommandName.INIT;
import static org.pgkeep.config.CommandName.RESTORE;
import static org.pgkeep.config.CommandName.VERIFY;
import static org.pgkeep.config.CommandName.VERSION;

import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgkeep.config.OptionType.Choice;
import org.pgkeep.config.OptionType.Flag;
import org.pgkeep.config.OptionType.Listed;
import org.pgkeep.config.OptionType.Name;
import org.pgkeep.config.OptionType.Pair;
import org.pgkeep.config.OptionType.PathName;
import org.pgkeep.config.OptionType.Text;
import org.pgkeep.config.OptionType.Timestamp;
import org.pgkeep.config.OptionType.Whole;

/** The table of options: each is declared here, once. A new option is a new row here and its name in {@link #ALL}. */
public final class Options {
    private static final String GENERAL = "General";
    private static final String STORE = "Repository";
    private static final String SERVER = "Cluster and connection";
    private static final String BACKING_UP = "Backup";
    private static final String RECOVERY = "Recovery target";
    private static final String RESTORING = "Restore";
    private static final String OTHER = "Options of this command";
    private static final String LOGGING = "Progress and logging";

    private static final CommandName[] WORKING = {
        INIT, CHECK, BACKUP, RESTORE, INFO, VERIFY, ARCHIVE_PUSH, ARCHIVE_GET, CONFIG
    };
    private static final CommandName[] TALKING = {
        INIT, CHECK, BACKUP, RESTORE, INFO, VERIFY, ARCHIVE_PUSH, ARCHIVE_GET, CONFIG, DEMO
    };
    private static final CommandName[] CONNECTING = {INIT, CHECK, BACKUP, CONFIG};

    /** The configuration file. */
    public static final Option<Path> CONFIG_FILE = Option.of(
                    "config", new PathName("FILE"), "Reads this configuration file instead of looking for one")
            .withLetter("c")
            .in(Scope.SELECTOR, GENERAL)
            .on(WORKING);

    /** Which cluster. */
    public static final Option<String> CLUSTER_NAME = Option.of(
                    "cluster",
                    new Name(),
                    "Works on this cluster; if none is named, the only one in the configuration file, else main")
            .withAliases("stanza", "instance")
            .in(Scope.SELECTOR, GENERAL)
            .on(WORKING);

    /** Which repository. */
    public static final Option<String> REPOSITORY_NAME = Option.of(
                    "repo",
                    new Name(),
                    "Works with this repository; if none is named, the first in the configuration file, else local")
            .in(Scope.CLUSTER, GENERAL)
            .on(WORKING);

    /** How results are printed. */
    public static final Option<String> OUTPUT = Option.of(
                    "output", Choice.of("text", "json"), "Prints the result as text for people or as one JSON document")
            .withLetter("o")
            .withDefault("text")
            .in(Scope.GLOBAL, GENERAL)
            .on(INIT, CHECK, BACKUP, RESTORE, INFO, VERIFY, CONFIG, DEMO, VERSION);

    /** Root may write. */
    public static final Option<Boolean> ALLOW_ROOT = Option.of(
                    "allow-root",
                    new Flag(),
                    "Lets root write into the repository, although the server's user could not write there afterwards")
            .withDefault("false")
            .in(Scope.GLOBAL, GENERAL)
            .on(INIT, BACKUP, ARCHIVE_PUSH, CONFIG);

    /** The kind of store. */
    public static final Option<String> REPOSITORY_TYPE = Option.of(
                    "repo-type", Choice.of("posix"), "Kind of storage; this version knows posix, a directory")
            .withKey("type")
            .withDefault("posix")
            .in(Scope.REPOSITORY, STORE)
            .on(WORKING);

    /** The repository's root. */
    public static final Option<Path> REPOSITORY_PATH = Option.of(
                    "repo-path", new PathName("DIR"), "Directory of the repository")
            .withKey("path")
            .in(Scope.REPOSITORY, STORE)
            .on(WORKING);

    /** How frames and WAL are compressed. */
    public static final Option<String> COMPRESSION = Option.of(
                    "compress",
                    new Compression(),
                    "Compresses with this method: zstd, lz4, gzip, bzip2 or none, and level; on pgbench data zstd:1 is as"
                            + " small as zstd:3 at half the processor time")
            .withKey("compression")
            .withDefault("zstd:1")
            .in(Scope.REPOSITORY, STORE)
            .on(BACKUP, ARCHIVE_PUSH, CONFIG);

    /** When a pack is closed. */
    public static final Option<Long> PACK_SIZE = Option.of(
                    "pack-size",
                    new Size(16L << 20, 4L << 30),
                    "Closes a pack, the repository's data file, at this size")
            .withDefault("256MiB")
            .in(Scope.REPOSITORY, STORE)
            .on(BACKUP, CONFIG);

    /** How long a right to work lasts. */
    public static final Option<Duration> LEASE_TERM = Option.of(
                    "lease-term",
                    new Span(Duration.ofSeconds(1), Duration.ofHours(1)),
                    "Holds the right to change a cluster's backups for this long at a time: a process that shows no sign of"
                            + " life for longer loses it to the next")
            .withDefault("60s")
            .in(Scope.REPOSITORY, STORE)
            .on(BACKUP, CONFIG);

    /** How long to wait for others. */
    public static final Option<Duration> WAIT = Option.of(
                    "wait",
                    new Span(Duration.ZERO, Duration.ofDays(7)),
                    "Waits this long for other work on the cluster to end, such as a backup, instead of refusing at once")
            .withDefault("0s")
            .in(Scope.CLUSTER, GENERAL)
            .on(BACKUP, CONFIG);

    /** The data directory. */
    public static final Option<Path> PGDATA = Option.of(
                    "pgdata", new PathName("DIR"), "Data directory of the cluster; for restore, the directory to write")
            .withLetter("D")
            .in(Scope.CLUSTER, SERVER)
            .on(INIT, CHECK, BACKUP, RESTORE, ARCHIVE_PUSH, ARCHIVE_GET, CONFIG);

    /** Where the server listens. */
    public static final Option<String> HOST = Option.of(
                    "host",
                    new Text("HOST"),
                    "Host name or socket directory of the server; if none is given, PGHOST, else what postmaster.pid"
                            + " says, else the usual socket directories")
            .withLetter("h")
            .in(Scope.CLUSTER, SERVER)
            .on(CONNECTING);

    /** The server's port. */
    public static final Option<Integer> PORT = Option.of(
                    "port",
                    new Whole(1, 65535),
                    "Port of the server; if none is given, PGPORT, else what postmaster.pid says, else 5432")
            .withLetter("p")
            .in(Scope.CLUSTER, SERVER)
            .on(CONNECTING);

    /** Who connects. */
    public static final Option<String> USER = Option.of(
                    "user",
                    new Text("NAME"),
                    "Role to connect as; if none is given, PGUSER, else the name of the operating system's user")
            .withLetter("U")
            .in(Scope.CLUSTER, SERVER)
            .on(CONNECTING);

    /** The database to connect to. */
    public static final Option<String> DATABASE = Option.of(
                    "database", new Text("NAME"), "Database to connect to; if none is given, PGDATABASE, else postgres")
            .withLetter("d")
            .in(Scope.CLUSTER, SERVER)
            .on(CONNECTING);

    /** The password. */
    public static final Option<String> PASSWORD = Option.of(
                    "password",
                    new Text("TEXT"),
                    "Password of the role, where neither peer authentication nor ~/.pgpass serves; only in the"
                            + " environment or in a file that not everyone can read")
            .asSecret()
            .in(Scope.CLUSTER, SERVER)
            .on(CONNECTING);

    /** How many work at once. */
    public static final Option<Integer> JOBS = Option.of(
                    "jobs", new Workers(256), "Works with this many threads; auto is one per processor")
            .withLetter("j")
            .withDefault("auto")
            .in(Scope.CLUSTER, SERVER)
            .on(BACKUP, RESTORE, VERIFY, CONFIG);

    /** How long to wait for WAL. */
    public static final Option<Duration> ARCHIVE_TIMEOUT = Option.of(
                    "archive-timeout",
                    new Span(Duration.ofSeconds(1), Duration.ofDays(1)),
                    "Waits this long for a WAL segment to reach the repository before it says that archiving does not"
                            + " work")
            .withDefault("60s")
            .in(Scope.CLUSTER, SERVER)
            .on(CHECK, BACKUP, CONFIG);

    /** Immediate checkpoint. */
    public static final Option<Boolean> START_FAST = Option.of(
                    "start-fast", new Flag(), "Starts with an immediate checkpoint instead of waiting for a spread one")
            .withDefault("true")
            .in(Scope.CLUSTER, BACKING_UP)
            .on(BACKUP, CONFIG);

    /** What is left out. */
    public static final Option<List<String>> EXCLUDE = Option.of(
                    "exclude",
                    new Listed<>(new Text("PATH")),
                    "Leaves out this file or directory, or only a directory's content if it ends in a slash; relative to the"
                            + " data directory; may be repeated")
            .in(Scope.CLUSTER, BACKING_UP)
            .on(BACKUP, CONFIG);

    /** Whether archiving is proved first. */
    public static final Option<Boolean> ARCHIVE_CHECK = Option.of(
                    "archive-check",
                    new Flag(),
                    "Proves before copying that WAL reaches the repository, and waits afterwards for all the backup"
                            + " needs; without it a backup may not be restorable")
            .withDefault("true")
            .in(Scope.CLUSTER, BACKING_UP)
            .on(BACKUP, CONFIG);

    /** Whether pages are checked. */
    public static final Option<Boolean> PAGE_CHECKS = Option.of(
                    "page-checks", new Flag(), "Checks the checksum of every page, where the cluster has them")
            .withDefault("true")
            .in(Scope.CLUSTER, BACKING_UP)
            .on(BACKUP, CONFIG);

    /** What kind of backup. */
    public static final Option<String> BACKUP_TYPE = Option.of(
                    "type",
                    Choice.of("full", "diff", "incr"),
                    "Stores everything (full), what changed since the last full backup (diff), or since the last backup"
                            + " (incr); where there is none to build on, everything")
            .withDefault("incr")
            .in(Scope.RUN, BACKING_UP)
            .on(BACKUP);

    /** The backup to build on. */
    public static final Option<String> BASE = Option.of(
                    "base",
                    new Text("LABEL"),
                    "Stores what changed since this backup, instead of one that --type tells")
            .in(Scope.RUN, BACKING_UP)
            .on(BACKUP);

    /** How changes are found. */
    public static final Option<String> CHANGES = Option.of(
                    "changes",
                    Choice.of("auto", "summary", "ptrack", "lsn", "files", "hash"),
                    "Finds what changed by the server's WAL summaries, by the extension ptrack, by the LSN of"
                            + " every page, by size and time of files, or by the hash of every block; auto takes the cheapest"
                            + " that is safe")
            .withDefault("auto")
            .in(Scope.CLUSTER, BACKING_UP)
            .on(BACKUP, CONFIG);

    /** A stopped cluster. */
    public static final Option<Boolean> OFFLINE = Option.of(
                    "offline", new Flag(), "Backs up a stopped cluster, without a server and without WAL")
            .withDefault("false")
            .in(Scope.RUN, BACKING_UP)
            .on(BACKUP);

    /** Where temporary files go. */
    public static final Option<Path> TEMPORARY = Option.of(
                    "tmp-path",
                    new PathName("DIR"),
                    "Directory for temporary files, a few hundred bytes for each file of the cluster")
            .withDefault("/tmp")
            .in(Scope.GLOBAL, GENERAL)
            .on(BACKUP, RESTORE, VERIFY, CONFIG);

    /** A backup's label. */
    public static final Option<String> BACKUP_LABEL = Option.of(
                    "backup",
                    new Text("LABEL"),
                    "The backup of this label; restore otherwise takes the newest that" + " leads to the target")
            .withLetter("b")
            .in(Scope.RUN, OTHER)
            .on(RESTORE, INFO, VERIFY);

    /** Into a directory that is not empty. */
    public static final Option<Boolean> FORCE = Option.of(
                    "force", new Flag(), "Removes what is in the target directories first")
            .withDefault("false")
            .in(Scope.RUN, RESTORING)
            .on(RESTORE);

    /** Recovery up to a time. */
    public static final Option<OffsetDateTime> TARGET_TIME = Option.of(
                    "target-time", new Timestamp(), "Recovers up to this time")
            .in(Scope.RUN, RECOVERY)
            .on(RESTORE);

    /** Recovery up to an LSN. */
    public static final Option<String> TARGET_LSN = Option.of(
                    "target-lsn", new Text("LSN"), "Recovers up to this WAL location; PostgreSQL 10 and later")
            .in(Scope.RUN, RECOVERY)
            .on(RESTORE);

    /** Recovery up to a transaction. */
    public static final Option<String> TARGET_XID = Option.of(
                    "target-xid", new Text("XID"), "Recovers up to the end of this transaction")
            .in(Scope.RUN, RECOVERY)
            .on(RESTORE);

    /** Recovery up to a restore point. */
    public static final Option<String> TARGET_NAME = Option.of(
                    "target-name", new Text("NAME"), "Recovers up to this restore point (pg_create_restore_point)")
            .in(Scope.RUN, RECOVERY)
            .on(RESTORE);

    /** Recovery no further than consistency. */
    public static final Option<String> TARGET = Option.of(
                    "target", Choice.of("immediate"), "Recovers only until the backup is consistent")
            .in(Scope.RUN, RECOVERY)
            .on(RESTORE);

    /** Stop before the target. */
    public static final Option<Boolean> TARGET_EXCLUSIVE = Option.of(
                    "target-exclusive", new Flag(), "Stops just before the target instead of just after it")
            .withDefault("false")
            .in(Scope.RUN, RECOVERY)
            .on(RESTORE);

    /** Which timeline to follow. */
    public static final Option<String> TARGET_TIMELINE = Option.of(
                    "target-timeline",
                    new Text("latest|current|N"),
                    "Follows this timeline: its number, latest, or current for the backup's own")
            .withDefault("latest")
            .in(Scope.RUN, RECOVERY)
            .on(RESTORE);

    /** What follows when the target is reached. */
    public static final Option<String> TARGET_ACTION = Option.of(
                    "target-action",
                    Choice.of("pause", "promote", "shutdown"),
                    "What PostgreSQL does at the target: wait for a look, open for writing, or stop")
            .withDefault("pause")
            .in(Scope.RUN, RECOVERY)
            .on(RESTORE);

    /** A standby. */
    public static final Option<Boolean> STANDBY = Option.of(
                    "standby", new Flag(), "Restores a standby, which goes on following the archive and its primary")
            .withDefault("false")
            .in(Scope.RUN, RECOVERY)
            .on(RESTORE);

    /** Where a standby streams from. */
    public static final Option<String> PRIMARY_CONNINFO = Option.of(
                    "primary-conninfo",
                    new Text("CONNINFO"),
                    "Connection string of the primary that a standby streams from; leave a password to ~/.pgpass")
            .in(Scope.RUN, RECOVERY)
            .on(RESTORE);

    /** How the restored server fetches WAL. */
    public static final Option<String> RESTORE_COMMAND = Option.of(
                    "restore-command",
                    new Text("COMMAND"),
                    "Sets this restore_command instead of one that calls this pgkeep with this configuration")
            .in(Scope.CLUSTER, RECOVERY)
            .on(RESTORE, CONFIG);

    /** Over what is there. */
    public static final Option<String> DELTA = Option.of(
                    "delta",
                    OptionType.Mode.of("hash", "off", "hash", "lsn"),
                    "Restores over this cluster's own directories: removes what the backup does not have, compares every"
                            + " block by its hash, and fetches and writes only blocks that differ; =lsn does not compare pages that"
                            + " are certain to be the backup's by their LSN")
            .withDefault("off")
            .in(Scope.RUN, RESTORING)
            .on(RESTORE);

    /** Only say it. */
    public static final Option<Boolean> DRY_RUN = Option.of(
                    "dry-run", new Flag(), "Says what would be done and touches nothing")
            .withDefault("false")
            .in(Scope.RUN, RESTORING)
            .on(RESTORE);

    /** Where tablespaces go. */
    public static final Option<List<Mapping>> TABLESPACE_MAP = Option.of(
                    "tablespace-map",
                    new Listed<>(new Pair("NAME=DIR")),
                    "Puts the tablespace of this name, OID or old directory there; may be repeated")
            .withLetter("T")
            .in(Scope.CLUSTER, RESTORING)
            .on(RESTORE, CONFIG);

    /** Where all other tablespaces go. */
    public static final Option<Path> TABLESPACE_MAP_ALL = Option.of(
                    "tablespace-map-all",
                    new PathName("DIR"),
                    "Puts each tablespace that --tablespace-map does not name into a directory of its name there")
            .in(Scope.CLUSTER, RESTORING)
            .on(RESTORE, CONFIG);

    /** Where links lead. */
    public static final Option<List<Mapping>> LINK_MAP = Option.of(
                    "link-map",
                    new Listed<>(new Pair("LINK=PATH")),
                    "Makes this symbolic link of the data directory lead there; may be repeated")
            .in(Scope.CLUSTER, RESTORING)
            .on(RESTORE, CONFIG);

    /** Links stay links. */
    public static final Option<Boolean> LINK_ALL = Option.of(
                    "link-all",
                    new Flag(),
                    "Restores symbolic links as links to where they led; otherwise what they led to is put in their"
                            + " place")
            .withDefault("false")
            .in(Scope.CLUSTER, RESTORING)
            .on(RESTORE, CONFIG);

    /** Whether the restored server archives. */
    public static final Option<String> ARCHIVE_MODE = Option.of(
                    "archive-mode",
                    Choice.of("preserve", "off"),
                    "Lets the restored server archive as the original did, or turns its archive_mode off: a copy beside the"
                            + " original must not write into the original's archive")
            .withDefault("preserve")
            .in(Scope.RUN, RESTORING)
            .on(RESTORE);

    /** PostgreSQL's own manifest. */
    public static final Option<String> MANIFEST_CHECKSUMS = Option.of(
                    "manifest-checksums",
                    Choice.of("CRC32C", "SHA256", "NONE"),
                    "Checksums in the backup_manifest by which pg_verifybackup checks the restored directory; SHA256"
                            + " reads every file once more")
            .withDefault("CRC32C")
            .in(Scope.CLUSTER, RESTORING)
            .on(RESTORE, CONFIG);

    /** Verify to the last page. */
    public static final Option<Boolean> DEEP = Option.of(
                    "deep", new Flag(), "Also expands every frame and checks each block and each file's hash")
            .withDefault("false")
            .in(Scope.RUN, OTHER)
            .on(VERIFY);

    /** Verify WAL. */
    public static final Option<Boolean> WAL = Option.of("wal", new Flag(), "Also verifies the archived WAL")
            .withDefault("true")
            .in(Scope.RUN, OTHER)
            .on(VERIFY);

    /** Set the server's parameters. */
    public static final Option<Boolean> APPLY = Option.of(
                    "apply", new Flag(), "Sets the server's parameters by ALTER SYSTEM instead of only printing them")
            .withDefault("false")
            .in(Scope.RUN, OTHER)
            .on(INIT);

    /** Keep the demonstration. */
    public static final Option<Boolean> KEEP = Option.of(
                    "keep", new Flag(), "Leaves the demonstration's directory behind for a closer look")
            .withDefault("false")
            .in(Scope.RUN, OTHER)
            .on(DEMO);

    /** Whether a bar is drawn. */
    public static final Option<String> PROGRESS = Option.of(
                    "progress",
                    Choice.of("auto", "lines", "off"),
                    "Shows progress: as a bar on a terminal and else as log lines, always as log lines, or not at all")
            .withDefault("auto")
            .in(Scope.GLOBAL, LOGGING)
            .on(INIT, CHECK, BACKUP, RESTORE, VERIFY, DEMO, CONFIG);

    /** How much is logged. */
    public static final Option<String> LOG_LEVEL = Option.of(
                    "log-level", Choice.of("error", "warn", "info", "debug"), "Logs what is at least this important")
            .withDefault("info")
            .in(Scope.GLOBAL, LOGGING)
            .on(TALKING);

    /** How log lines look. */
    public static final Option<String> LOG_FORMAT = Option.of(
                    "log-format", Choice.of("text", "json"), "Writes log lines as text or as one JSON object each")
            .withDefault("text")
            .in(Scope.GLOBAL, LOGGING)
            .on(TALKING);

    /** Where log lines go as well. */
    public static final Option<Path> LOG_FILE = Option.of(
                    "log-file", new PathName("FILE"), "Appends log lines to this file as well")
            .in(Scope.GLOBAL, LOGGING)
            .on(TALKING);

    /** Every option, in the order in which help and reference list them. */
    public static final List<Option<?>> ALL = List.of(
            CONFIG_FILE,
            CLUSTER_NAME,
            REPOSITORY_NAME,
            OUTPUT,
            ALLOW_ROOT,
            TEMPORARY,
            WAIT,
            APPLY,
            BACKUP_LABEL,
            DEEP,
            WAL,
            KEEP,
            PGDATA,
            HOST,
            PORT,
            USER,
            DATABASE,
            PASSWORD,
            JOBS,
            ARCHIVE_TIMEOUT,
            REPOSITORY_TYPE,
            REPOSITORY_PATH,
            COMPRESSION,
            PACK_SIZE,
            LEASE_TERM,
            BACKUP_TYPE,
            BASE,
            CHANGES,
            OFFLINE,
            START_FAST,
            ARCHIVE_CHECK,
            PAGE_CHECKS,
            EXCLUDE,
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
            FORCE,
            ARCHIVE_MODE,
            DELTA,
            DRY_RUN,
            TABLESPACE_MAP,
            TABLESPACE_MAP_ALL,
            LINK_MAP,
            LINK_ALL,
            MANIFEST_CHECKSUMS,
            PROGRESS,
            LOG_LEVEL,
            LOG_FORMAT,
            LOG_FILE);

    private Options() {}

    /** The options of a command, in order. */
    public static List<Option<?>> of(CommandName command) {
        List<Option<?>> options = new ArrayList<>();
        for (Option<?> option : ALL) {
            if (option.isOf(command)) {
                options.add(option);
            }
        }
        return options;
    }

    /** The option typed as {@code --name} or by an alias. */
    public static Optional<Option<?>> named(String name) {
        for (Option<?> option : ALL) {
            if (option.name().equals(name) || option.aliases().contains(name)) {
                return Optional.of(option);
            }
        }
        return Optional.empty();
    }

    /** The option typed as {@code -x}. */
    static Optional<Option<?>> lettered(String letter) {
        for (Option<?> option : ALL) {
            if (option.letter().equals(letter)) {
                return Optional.of(option);
            }
        }
        return Optional.empty();
    }

    /** The option that an environment variable sets. */
    static Optional<Option<?>> ofVariable(String variable) {
        for (Option<?> option : ALL) {
            if (option.variable().isPresent() && option.variable().get().equals(variable)) {
                return Optional.of(option);
            }
        }
        return Optional.empty();
    }
}
