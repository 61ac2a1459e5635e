package org.pgkeep.config;

import static org.pgkeep.config.CommandName.COMPACT;
import static org.pgkeep.config.CommandName.COPY;
import static org.pgkeep.config.CommandName.DELETE;
import static org.pgkeep.config.CommandName.DEMO;
import static org.pgkeep.config.CommandName.FORGET;
import static org.pgkeep.config.CommandName.INFO;
import static org.pgkeep.config.CommandName.INIT;
import static org.pgkeep.config.CommandName.MERGE;
import static org.pgkeep.config.CommandName.REPO;
import static org.pgkeep.config.CommandName.RESTORE;
import static org.pgkeep.config.CommandName.STOP;
import static org.pgkeep.config.CommandName.VERIFY;

import java.util.List;
import org.pgkeep.config.OptionType.Flag;
import org.pgkeep.config.OptionType.Name;
import org.pgkeep.config.OptionType.Text;
import org.pgkeep.config.OptionType.Whole;

/** What only one or a few commands have. Rows of the table of {@link Options}. */
interface CommandOptions {
    String GROUP = "Options of this command";

    /** Set the server's parameters. */
    Option<Boolean> APPLY = Option.of(
                    "apply", new Flag(), "Sets the server's parameters by ALTER SYSTEM instead of only printing them")
            .withDefault("false")
            .in(Scope.RUN, GROUP)
            .on(INIT);

    /** A backup's label. */
    Option<String> BACKUP_LABEL = Option.of(
                    "backup",
                    new Text("LABEL|NAME"),
                    "The backup of this label or name; restore otherwise takes the newest that leads to the target")
            .withLetter("b")
            .withAliases("set", "backup-id")
            .in(Scope.RUN, GROUP)
            .on(RESTORE, INFO, VERIFY);

    /** Verify to the last page. */
    Option<Boolean> DEEP = Option.of(
                    "deep", new Flag(), "Also expands every frame and checks each block and each file's hash")
            .withDefault("false")
            .in(Scope.RUN, GROUP)
            .on(VERIFY);

    /** Verify WAL, or tell about it. */
    Option<Boolean> WAL = Option.of(
                    "wal",
                    new Flag(),
                    "With verify, also verifies the archived WAL, which it does unless --no-wal is given; with info, tells about"
                            + " the archived WAL by timeline instead of the backups")
            .in(Scope.RUN, GROUP)
            .on(VERIFY, INFO);

    /** However many backups. */
    Option<Boolean> ALL_BACKUPS = Option.of(
                    "all",
                    new Flag(),
                    "Info lists all backups, not only the newest 30; copy copies all, not only the newest")
            .withDefault("false")
            .in(Scope.RUN, GROUP)
            .on(INFO, COPY);

    /** Backups by chain. */
    Option<Boolean> TREE = Option.of(
                    "tree", new Flag(), "Lists all backups with those below each that were compared with it")
            .withDefault("false")
            .in(Scope.RUN, GROUP)
            .on(INFO);

    /** Keep the demonstration. */
    Option<Boolean> KEEP = Option.of(
                    "keep", new Flag(), "Leaves the demonstration's directory behind for a closer look")
            .withDefault("false")
            .in(Scope.RUN, GROUP)
            .on(DEMO);

    /** What is refused otherwise. */
    Option<Boolean> FORCE = Option.of(
                    "force",
                    new Flag(),
                    "Does what is refused otherwise: restore first removes what is in the target directories, stop ends work"
                            + " that is running, delete also takes the last backup that can be restored,"
                            + " merge gives up what a backup builds on that cannot be restored itself, forget and repo rm do not ask, and forget also takes what is"
                            + " pinned or in use, repo put replaces an object")
            .withDefault("false")
            .in(Scope.RUN, GROUP)
            .on(RESTORE, STOP, DELETE, MERGE, FORGET, REPO);

    /** As stored. */
    Option<Boolean> RAW = Option.of(
                    "raw", new Flag(), "Takes objects as the store has them: sealed and compressed; needs no key")
            .withDefault("false")
            .in(Scope.RUN, GROUP)
            .on(REPO);

    /** With all below. */
    Option<Boolean> RECURSIVE = Option.of("recursive", new Flag(), "Lists or removes all objects below a folder")
            .withLetter("r")
            .withDefault("false")
            .in(Scope.RUN, GROUP)
            .on(REPO);

    /** What is sparse. */
    Option<Integer> THRESHOLD = Option.of(
                    "threshold",
                    new Whole(1, 100),
                    "Writes a pack anew if less than so many hundredths of its stored bytes are still named by a backup; 100: if"
                            + " anything can be gained")
            .withDefault("50")
            .in(Scope.RUN, GROUP)
            .on(COMPACT);

    /** How fast. */
    Option<Long> RATE_LIMIT = Option.of(
                    "rate-limit",
                    new Size(1L << 16, 1L << 40),
                    "Compact and copy copy, verify reads at most so many bytes of the repository in a second, all threads together")
            .in(Scope.RUN, GROUP)
            .on(COMPACT, COPY, VERIFY);

    /** Where to. */
    Option<String> TO = Option.of("to", new Name(), "Copies into this repository, which the configuration file names")
            .in(Scope.RUN, GROUP)
            .on(COPY);

    /** Why work is stopped. */
    Option<String> REASON = Option.of("reason", new Text("TEXT"), "Says to everybody whose work is refused why it is")
            .in(Scope.RUN, GROUP)
            .on(STOP);

    List<Option<?>> ROWS = List.of(
            APPLY,
            BACKUP_LABEL,
            DEEP,
            WAL,
            ALL_BACKUPS,
            TREE,
            KEEP,
            FORCE,
            RAW,
            RECURSIVE,
            THRESHOLD,
            RATE_LIMIT,
            TO,
            REASON);
}
