package org.pgkeep.config;

import static org.pgkeep.config.CommandName.COMPACT;
import static org.pgkeep.config.CommandName.CONFIG;
import static org.pgkeep.config.CommandName.COPY;
import static org.pgkeep.config.CommandName.DELETE;
import static org.pgkeep.config.CommandName.EXPIRE;
import static org.pgkeep.config.CommandName.FORGET;
import static org.pgkeep.config.CommandName.KEY;
import static org.pgkeep.config.CommandName.MERGE;
import static org.pgkeep.config.CommandName.REPO;
import static org.pgkeep.config.CommandName.RESTORE;

import java.nio.file.Path;
import java.util.List;
import org.pgkeep.config.OptionType.Choice;
import org.pgkeep.config.OptionType.Flag;
import org.pgkeep.config.OptionType.Listed;
import org.pgkeep.config.OptionType.Pair;
import org.pgkeep.config.OptionType.PathName;

/** Where a restore puts what, and over what. Rows of the table of {@link Options}. */
interface RestoreOptions {
    String GROUP = "Restore";

    /** Damaged backups. */
    Option<Boolean> ALLOW_DAMAGED = Option.of(
                    "allow-damaged",
                    new Flag(),
                    "Also restores a backup that verify marked as damaged, up to the first block that is; every block is proved all"
                            + " the same")
            .withDefault("false")
            .in(Scope.RUN, GROUP)
            .on(RESTORE);

    /** Whether the restored server archives. */
    Option<String> ARCHIVE_MODE = Option.of(
                    "archive-mode",
                    Choice.of("preserve", "off"),
                    "Lets the restored server archive as the original did, or turns its archive_mode off: a copy beside the"
                            + " original must not write into the original's archive")
            .withDefault("preserve")
            .in(Scope.RUN, GROUP)
            .on(RESTORE);

    /** Over what is there. */
    Option<String> DELTA = Option.of(
                    "delta",
                    OptionType.Mode.of("hash", "off", "hash", "lsn"),
                    "Restores over this cluster's own directories: removes what the backup does not have, compares every"
                            + " block by its hash, and fetches and writes only blocks that differ; =lsn does not compare pages that"
                            + " are certain to be the backup's by their LSN")
            .withDefault("off")
            .in(Scope.RUN, GROUP)
            .on(RESTORE);

    /** Only say it. */
    Option<Boolean> DRY_RUN = Option.of("dry-run", new Flag(), "Says what would be done and touches nothing")
            .withDefault("false")
            .in(Scope.RUN, GROUP)
            .on(RESTORE, EXPIRE, DELETE, MERGE, COMPACT, COPY, FORGET, KEY, REPO);

    /** Where tablespaces go. */
    Option<List<Mapping>> TABLESPACE_MAP = Option.of(
                    "tablespace-map",
                    new Listed<>(new Pair("NAME=DIR")),
                    "Puts the tablespace of this name, OID or old directory there; may be repeated")
            .withLetter("T")
            .in(Scope.CLUSTER, GROUP)
            .on(RESTORE, CONFIG);

    /** Where all other tablespaces go. */
    Option<Path> TABLESPACE_MAP_ALL = Option.of(
                    "tablespace-map-all",
                    new PathName("DIR"),
                    "Puts each tablespace that --tablespace-map does not name into a directory of its name there")
            .in(Scope.CLUSTER, GROUP)
            .on(RESTORE, CONFIG);

    /** Where links lead. */
    Option<List<Mapping>> LINK_MAP = Option.of(
                    "link-map",
                    new Listed<>(new Pair("LINK=PATH")),
                    "Makes this symbolic link of the data directory lead there; may be repeated")
            .in(Scope.CLUSTER, GROUP)
            .on(RESTORE, CONFIG);

    /** Links stay links. */
    Option<Boolean> LINK_ALL = Option.of(
                    "link-all",
                    new Flag(),
                    "Restores symbolic links as links to where they led; otherwise what they led to is put in their"
                            + " place")
            .withDefault("false")
            .in(Scope.CLUSTER, GROUP)
            .on(RESTORE, CONFIG);

    /** PostgreSQL's own manifest. */
    Option<String> MANIFEST_CHECKSUMS = Option.of(
                    "manifest-checksums",
                    Choice.of("CRC32C", "SHA256", "NONE"),
                    "Checksums in the backup_manifest by which pg_verifybackup checks the restored directory; SHA256"
                            + " reads every file once more")
            .withDefault("CRC32C")
            .in(Scope.CLUSTER, GROUP)
            .on(RESTORE, CONFIG);

    List<Option<?>> ROWS = List.of(
            ALLOW_DAMAGED,
            ARCHIVE_MODE,
            DELTA,
            DRY_RUN,
            TABLESPACE_MAP,
            TABLESPACE_MAP_ALL,
            LINK_MAP,
            LINK_ALL,
            MANIFEST_CHECKSUMS);
}
