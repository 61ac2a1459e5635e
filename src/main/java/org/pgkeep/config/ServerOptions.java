package org.pgkeep.config;

import static org.pgkeep.config.CommandName.ARCHIVE_GET;
import static org.pgkeep.config.CommandName.ARCHIVE_PUSH;
import static org.pgkeep.config.CommandName.BACKUP;
import static org.pgkeep.config.CommandName.CHECK;
import static org.pgkeep.config.CommandName.CONFIG;
import static org.pgkeep.config.CommandName.DELETE;
import static org.pgkeep.config.CommandName.EXPIRE;
import static org.pgkeep.config.CommandName.FORGET;
import static org.pgkeep.config.CommandName.INIT;
import static org.pgkeep.config.CommandName.MERGE;
import static org.pgkeep.config.CommandName.METRICS;
import static org.pgkeep.config.CommandName.RECEIVE_WAL;
import static org.pgkeep.config.CommandName.RESTORE;
import static org.pgkeep.config.CommandName.UPGRADE;
import static org.pgkeep.config.CommandName.VERIFY;
import static org.pgkeep.config.CommandName.WAL;
import static org.pgkeep.config.CommandSets.CONNECTING;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.pgkeep.config.OptionType.PathName;
import org.pgkeep.config.OptionType.Text;
import org.pgkeep.config.OptionType.Whole;

/** Where the cluster and its server are, and how hard to work for it. Rows of the table of {@link Options}. */
interface ServerOptions {
    String GROUP = "Cluster and connection";

    /** The data directory. */
    Option<Path> PGDATA = Option.of(
                    "pgdata", new PathName("DIR"), "Data directory of the cluster; for restore, the directory to write")
            .withLetter("D")
            .in(Scope.CLUSTER, GROUP)
            .on(
                    INIT,
                    CHECK,
                    UPGRADE,
                    BACKUP,
                    RESTORE,
                    METRICS,
                    FORGET,
                    ARCHIVE_PUSH,
                    ARCHIVE_GET,
                    RECEIVE_WAL,
                    WAL,
                    CONFIG);

    /** Where the server listens. */
    Option<String> HOST = Option.of(
                    "host",
                    new Text("HOST"),
                    "Host name or socket directory of the server; if none is given, PGHOST, else what postmaster.pid"
                            + " says, else the usual socket directories; receive-wal and wal take several with commas between, each perhaps with :PORT")
            .withLetter("h")
            .in(Scope.CLUSTER, GROUP)
            .on(CONNECTING);

    /** The server's port. */
    Option<Integer> PORT = Option.of(
                    "port",
                    new Whole(1, 65535),
                    "Port of the server; if none is given, PGPORT, else what postmaster.pid says if no host is given either, else 5432")
            .withLetter("p")
            .in(Scope.CLUSTER, GROUP)
            .on(CONNECTING);

    /** Who connects. */
    Option<String> USER = Option.of(
                    "user",
                    new Text("NAME"),
                    "Role to connect as; if none is given, PGUSER, else the name of the operating system's user")
            .withLetter("U")
            .in(Scope.CLUSTER, GROUP)
            .on(CONNECTING);

    /** The database to connect to. */
    Option<String> DATABASE = Option.of(
                    "database", new Text("NAME"), "Database to connect to; if none is given, PGDATABASE, else postgres")
            .withLetter("d")
            .in(Scope.CLUSTER, GROUP)
            .on(CONNECTING);

    /** The password. */
    Option<String> PASSWORD = Option.of(
                    "password",
                    new Text("TEXT"),
                    "Password of the role, where neither peer authentication nor ~/.pgpass serves; only in the"
                            + " environment or in a file that not everyone can read")
            .asSecret()
            .in(Scope.CLUSTER, GROUP)
            .on(CONNECTING);

    /** How many work at once. */
    Option<Integer> JOBS = Option.of(
                    "jobs", new Workers(256), "At most this many work at once; auto is one per processor")
            .withLetter("j")
            .withDefault("auto")
            .in(Scope.CLUSTER, GROUP)
            .on(BACKUP, RESTORE, VERIFY, CONFIG, EXPIRE, DELETE, MERGE, FORGET, ARCHIVE_PUSH, ARCHIVE_GET);

    /** How long to wait for WAL. */
    Option<Duration> ARCHIVE_TIMEOUT = Option.of(
                    "archive-timeout",
                    new Span(Duration.ofSeconds(1), Duration.ofDays(1)),
                    "Waits this long for a WAL segment to reach the repository before it says that archiving does not"
                            + " work")
            .withDefault("60s")
            .in(Scope.CLUSTER, GROUP)
            .on(INIT, CHECK, BACKUP, CONFIG, ARCHIVE_PUSH);

    List<Option<?>> ROWS = List.of(PGDATA, HOST, PORT, USER, DATABASE, PASSWORD, JOBS, ARCHIVE_TIMEOUT);
}
