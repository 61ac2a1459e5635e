package org.pgkeep.config;

import static org.pgkeep.config.CommandName.ARCHIVE_PUSH;
import static org.pgkeep.config.CommandName.BACKUP;
import static org.pgkeep.config.CommandName.COMPACT;
import static org.pgkeep.config.CommandName.CONFIG;
import static org.pgkeep.config.CommandName.COPY;
import static org.pgkeep.config.CommandName.DELETE;
import static org.pgkeep.config.CommandName.EXPIRE;
import static org.pgkeep.config.CommandName.MERGE;
import static org.pgkeep.config.CommandName.RECEIVE_WAL;
import static org.pgkeep.config.CommandName.UPGRADE;
import static org.pgkeep.config.CommandSets.WORKING;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.pgkeep.config.OptionType.Choice;
import org.pgkeep.config.OptionType.Flag;
import org.pgkeep.config.OptionType.PathName;

/** Where the repository is, and in which form it stores. Rows of the table of {@link Options}. */
interface StoreOptions {
    String GROUP = "Repository";

    /** The kind of store. */
    Option<String> REPOSITORY_TYPE = Option.of(
                    "repo-type", Choice.of("posix"), "Kind of storage; this version knows posix, a directory")
            .withKey("type")
            .withDefault("posix")
            .in(Scope.REPOSITORY, GROUP)
            .on(WORKING);

    /** The repository's root. */
    Option<Path> REPOSITORY_PATH = Option.of("repo-path", new PathName("DIR"), "Directory of the repository")
            .withKey("path")
            .in(Scope.REPOSITORY, GROUP)
            .on(WORKING);

    /** How frames are compressed, and by which method WAL. */
    Option<String> COMPRESSION = Option.of(
                    "compress",
                    new Compression(),
                    "Compresses with this method: zstd, lz4, gzip, bzip2 or none, and level; on pgbench data zstd:1 is as"
                            + " small as zstd:3 at half the processor time; WAL has zstd at level 1 at most, see"
                            + " --wal-compress")
            .withKey("compression")
            .withDefault("zstd:1")
            .in(Scope.REPOSITORY, GROUP)
            .on(BACKUP, ARCHIVE_PUSH, RECEIVE_WAL, CONFIG);

    /** How WAL is compressed, where not as all else. */
    Option<String> WAL_COMPRESSION = Option.of(
                    "wal-compress",
                    new Compression(),
                    "Compresses WAL with this method and level; else with the method of --compress, and zstd at level 1"
                            + " whatever its level, which makes WAL of most kinds as small as level 3 at half the processor"
                            + " time")
            .withKey("wal-compression")
            .in(Scope.REPOSITORY, GROUP)
            .on(ARCHIVE_PUSH, RECEIVE_WAL, CONFIG);

    /** Whether archived segments are summarized. */
    Option<Boolean> WAL_SUMMARIES = Option.of(
                    "wal-summaries",
                    new Flag(),
                    "Stores beside each archived WAL segment which blocks it changes, for incremental backups that read"
                            + " only those (--changes=wal)")
            .withDefault("true")
            .in(Scope.CLUSTER, GROUP)
            .on(ARCHIVE_PUSH, RECEIVE_WAL, CONFIG);

    /** When a pack is closed. */
    Option<Long> PACK_SIZE = Option.of(
                    "pack-size",
                    new Size(1L << 20, 4L << 30),
                    "Closes a pack, the repository's data file, at this size; a backup that is killed loses the packs that are not"
                            + " closed, one for each worker")
            .withDefault("256MiB")
            .in(Scope.REPOSITORY, GROUP)
            .on(BACKUP, CONFIG);

    /** How long a right to work lasts. */
    Option<Duration> LEASE_TERM = Option.of(
                    "lease-term",
                    new Span(Duration.ofSeconds(1), Duration.ofHours(1)),
                    "Holds the right to change a cluster's backups for this long at a time: a process that shows no sign of"
                            + " life for longer loses it to the next")
            .withDefault("60s")
            .in(Scope.REPOSITORY, GROUP)
            .on(UPGRADE, BACKUP, CONFIG, EXPIRE, DELETE, MERGE, COMPACT, COPY);

    List<Option<?>> ROWS = List.of(
            REPOSITORY_TYPE, REPOSITORY_PATH, COMPRESSION, WAL_COMPRESSION, WAL_SUMMARIES, PACK_SIZE, LEASE_TERM);
}
