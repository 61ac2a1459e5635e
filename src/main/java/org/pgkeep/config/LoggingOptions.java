package org.pgkeep.config;

import static org.pgkeep.config.CommandName.BACKUP;
import static org.pgkeep.config.CommandName.CHECK;
import static org.pgkeep.config.CommandName.COMPACT;
import static org.pgkeep.config.CommandName.CONFIG;
import static org.pgkeep.config.CommandName.COPY;
import static org.pgkeep.config.CommandName.DELETE;
import static org.pgkeep.config.CommandName.DEMO;
import static org.pgkeep.config.CommandName.EXPIRE;
import static org.pgkeep.config.CommandName.FORGET;
import static org.pgkeep.config.CommandName.INIT;
import static org.pgkeep.config.CommandName.MERGE;
import static org.pgkeep.config.CommandName.RESTORE;
import static org.pgkeep.config.CommandName.UPGRADE;
import static org.pgkeep.config.CommandName.VERIFY;
import static org.pgkeep.config.CommandSets.TALKING;

import java.nio.file.Path;
import java.util.List;
import org.pgkeep.config.OptionType.Choice;
import org.pgkeep.config.OptionType.PathName;

/** What a run says while it runs. Rows of the table of {@link Options}. */
interface LoggingOptions {
    String GROUP = "Progress and logging";

    /** Whether a bar is drawn. */
    Option<String> PROGRESS = Option.of(
                    "progress",
                    Choice.of("auto", "lines", "off"),
                    "Shows progress: as a bar on a terminal and else as log lines, always as log lines, or not at all")
            .withDefault("auto")
            .in(Scope.GLOBAL, GROUP)
            .on(
                    INIT, CHECK, UPGRADE, BACKUP, RESTORE, VERIFY, DEMO, CONFIG, EXPIRE, DELETE, MERGE, COMPACT, COPY,
                    FORGET);

    /** How much is logged. */
    Option<String> LOG_LEVEL = Option.of(
                    "log-level", Choice.of("error", "warn", "info", "debug"), "Logs what is at least this important")
            .withDefault("info")
            .in(Scope.GLOBAL, GROUP)
            .on(TALKING);

    /** How log lines look. */
    Option<String> LOG_FORMAT = Option.of(
                    "log-format", Choice.of("text", "json"), "Writes log lines as text or as one JSON object each")
            .withDefault("text")
            .in(Scope.GLOBAL, GROUP)
            .on(TALKING);

    /** Where log lines go as well. */
    Option<Path> LOG_FILE = Option.of("log-file", new PathName("FILE"), "Appends log lines to this file as well")
            .in(Scope.GLOBAL, GROUP)
            .on(TALKING);

    List<Option<?>> ROWS = List.of(PROGRESS, LOG_LEVEL, LOG_FORMAT, LOG_FILE);
}
