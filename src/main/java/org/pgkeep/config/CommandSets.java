package org.pgkeep.config;

import static org.pgkeep.config.CommandName.ANNOTATE;
import static org.pgkeep.config.CommandName.ARCHIVE_GET;
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
import static org.pgkeep.config.CommandName.METRICS;
import static org.pgkeep.config.CommandName.PIN;
import static org.pgkeep.config.CommandName.RECEIVE_WAL;
import static org.pgkeep.config.CommandName.REPO;
import static org.pgkeep.config.CommandName.RESTORE;
import static org.pgkeep.config.CommandName.START;
import static org.pgkeep.config.CommandName.STOP;
import static org.pgkeep.config.CommandName.UNPIN;
import static org.pgkeep.config.CommandName.UPGRADE;
import static org.pgkeep.config.CommandName.VERIFY;
import static org.pgkeep.config.CommandName.WAL;

/** Commands that have options in common. */
final class CommandSets {
    /** Those that work in a repository. */
    static final CommandName[] WORKING = {
        INIT,
        CHECK,
        UPGRADE,
        BACKUP,
        RESTORE,
        INFO,
        METRICS,
        VERIFY,
        KEY,
        STOP,
        START,
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
        ARCHIVE_PUSH,
        ARCHIVE_GET,
        RECEIVE_WAL,
        WAL,
        CONFIG
    };

    /** Those that say what they do. */
    static final CommandName[] TALKING = {
        INIT,
        CHECK,
        UPGRADE,
        BACKUP,
        RESTORE,
        INFO,
        METRICS,
        VERIFY,
        KEY,
        STOP,
        START,
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
        ARCHIVE_PUSH,
        ARCHIVE_GET,
        RECEIVE_WAL,
        WAL,
        CONFIG,
        DEMO
    };

    /** Those that talk to a server. */
    static final CommandName[] CONNECTING = {INIT, CHECK, UPGRADE, BACKUP, FORGET, RECEIVE_WAL, WAL, CONFIG};

    private CommandSets() {}
}
