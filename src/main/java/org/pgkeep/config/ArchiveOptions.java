package org.pgkeep.config;

import static org.pgkeep.config.CommandName.ARCHIVE_GET;
import static org.pgkeep.config.CommandName.ARCHIVE_PUSH;
import static org.pgkeep.config.CommandName.CONFIG;
import static org.pgkeep.config.CommandName.INIT;
import static org.pgkeep.config.CommandName.RESTORE;

import java.nio.file.Path;
import java.util.List;
import org.pgkeep.config.OptionType.Flag;
import org.pgkeep.config.OptionType.PathName;

/** How WAL gets into the repository and back. Rows of the table of {@link Options}. */
interface ArchiveOptions {
    String GROUP = "Archiving";

    /** Processes that push and get ahead. */
    Option<Boolean> ARCHIVE_ASYNC = Option.of(
                    "archive-async",
                    new Flag(),
                    "Lets one process push WAL ahead of archive_command, which then only looks whether its file is stored, and one"
                            + " get WAL ahead of restore_command; takes effect on these commands' own lines, as init prints and"
                            + " restore writes them")
            .withDefault("false")
            .in(Scope.CLUSTER, GROUP)
            .on(INIT, RESTORE, ARCHIVE_PUSH, ARCHIVE_GET, CONFIG);

    /** Where launchers and archiver talk. */
    Option<Path> SPOOL_PATH = Option.of(
                    "spool-path",
                    new PathName("DIR"),
                    "Directory of the server's user in which archive_command and restore_command hear from the processes that"
                            + " --archive-async starts; each cluster needs one of its own")
            .in(Scope.CLUSTER, GROUP)
            .on(INIT, RESTORE, ARCHIVE_PUSH, ARCHIVE_GET, CONFIG);

    /** How much may wait. */
    Option<Long> ARCHIVE_QUEUE_MAX = Option.of(
                    "archive-queue-max",
                    new Size(1L << 20, 1L << 50),
                    "With --archive-async: when more bytes of WAL wait to be archived, gives all of them up, with a warning, so that"
                            + " the server's disk does not fill; the archive has a gap then, and only a new backup leads past it")
            .in(Scope.CLUSTER, GROUP)
            .on(ARCHIVE_PUSH, CONFIG);

    /** How much may be ready. */
    Option<Long> ARCHIVE_GET_QUEUE_MAX = Option.of(
                    "archive-get-queue-max",
                    new Size(1L << 20, 1L << 40),
                    "With --archive-async: so many bytes of WAL are kept ready in the spool for a server that recovers, and at least one"
                            + " segment")
            .withDefault("128MiB")
            .in(Scope.CLUSTER, GROUP)
            .on(ARCHIVE_GET, CONFIG);

    /** Be the process that pushes or gets ahead. */
    Option<Boolean> ASYNC_WORKER = Option.of(
                    "async-worker",
                    new Flag(),
                    "Is the process that --archive-async starts; the operand is pg_wal then. Not for people")
            .withDefault("false")
            .in(Scope.RUN, GROUP)
            .on(ARCHIVE_PUSH, ARCHIVE_GET);

    List<Option<?>> ROWS = List.of(ARCHIVE_ASYNC, SPOOL_PATH, ARCHIVE_QUEUE_MAX, ARCHIVE_GET_QUEUE_MAX, ASYNC_WORKER);
}
