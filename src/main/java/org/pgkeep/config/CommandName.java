package org.pgkeep.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The commands, in the order in which help lists them. */
public enum CommandName {
    /** Prepares a repository for a cluster and says how to configure the server. */
    INIT("init", "", "Prepares a repository for a cluster and says how to configure the server"),
    /** Proves that everything a backup needs works, from configuration to archived WAL. */
    CHECK("check", "", "Proves that everything a backup needs works, from configuration to archived WAL"),
    /** Goes on after pg_upgrade. */
    UPGRADE("upgrade", "", "Goes on with a cluster after pg_upgrade, in places of its own"),
    /** Takes a backup of a cluster. */
    BACKUP("backup", "", "Takes a backup of a cluster"),
    /** Brings a cluster back, to its latest state or an earlier moment. */
    RESTORE("restore", "", "Brings a cluster back, to its latest state or an earlier moment"),
    /** Lists backups and archived WAL, and what can be restored. */
    INFO("info", "show", "Lists backups and archived WAL, and what can be restored"),
    /** Prints what monitoring wants to know. */
    METRICS("metrics", "", "Prints what monitoring wants to know, for Prometheus"),
    /** Proves that what a repository holds is complete and unaltered. */
    VERIFY("verify", "validate", "Proves that what a repository holds is complete and unaltered"),
    /** Removes backups and WAL that no policy keeps. */
    EXPIRE("expire", "", "Removes backups and WAL that no policy keeps, and says why each stays or goes"),
    /** Removes backups that are named. */
    DELETE("delete", "", "Removes backups that are named"),
    /** Makes a backup a full one. */
    MERGE("merge", "", "Makes a backup a full one, and gives up those that it builds on"),
    /** Writes sparse packs anew. */
    COMPACT("compact", "", "Gives back the room of what no backup needs in packs that others still need"),
    /** Brings backups into another repository. */
    COPY("copy", "", "Brings backups into another repository, as they are stored"),
    /** Removes a cluster from a repository. */
    FORGET("forget", "", "Removes a cluster from the repository, with its backups and WAL"),
    /** Keeps a backup whatever the policies say. */
    PIN("pin", "", "Keeps a backup, whatever the policies say"),
    /** Leaves a backup to the policies again. */
    UNPIN("unpin", "", "Leaves a pinned backup to the policies again"),
    /** Gives a backup a name, a note and facts. */
    ANNOTATE("annotate", "", "Gives a backup a name, a note and facts for programs"),
    /** Lists the files of a backup. */
    MANIFEST("manifest", "", "Lists the files of a backup"),
    /** Lists, reads, stores and removes single objects of a repository. */
    REPO("repo", "", "Lists, reads, stores and removes single objects of a repository"),
    /** Lists and changes what opens a sealed repository. */
    KEY("key", "", "Lists and changes what opens a sealed repository"),
    /** Stores a WAL file in the repository; for archive_command. */
    ARCHIVE_PUSH("archive-push", "", "Stores a WAL file in the repository; for archive_command"),
    /** Fetches a WAL file from the repository; for restore_command. */
    ARCHIVE_GET("archive-get", "", "Fetches a WAL file from the repository; for restore_command"),
    /** Streams WAL from a server into the repository. */
    RECEIVE_WAL("receive-wal", "", "Streams WAL from a server into the repository as it is written"),
    /** Says how WAL gets into the repository. */
    WAL("wal", "", "Says how far WAL is on its way from the server into the repository"),
    /** Stops work on a cluster. */
    STOP("stop", "", "Stops work on a cluster until it is started again"),
    /** Allows work on a cluster again. */
    START("start", "", "Allows work on a cluster again that was stopped"),
    /** Prints every option in force and where its value came from. */
    CONFIG("config", "", "Prints every option in force and where its value came from"),
    /** Shows backup and point-in-time recovery on a throw-away cluster. */
    DEMO("demo", "", "Shows backup and point-in-time recovery on a throw-away cluster"),
    /** Prints the version. */
    VERSION("version", "", "Prints the version"),
    /** Explains pgkeep or one of its commands. */
    HELP("help", "", "Explains pgkeep or one of its commands"),
    /** Prints the completion script of a shell. */
    COMPLETION("completion", "", "Prints the completion script of a shell");

    private final String text;
    private final String alias;
    private final String summary;

    CommandName(String text, String alias, String summary) {
        this.text = text;
        this.alias = alias;
        this.summary = summary;
    }

    /** The name as it is typed. */
    public String text() {
        return text;
    }

    /** Another name for it, as users of other tools know it; empty if there is none. */
    public String alias() {
        return alias;
    }

    /** What it does, without a final full stop. */
    public String summary() {
        return summary;
    }

    /** The command of this name or alias. */
    public static Optional<CommandName> of(String typed) {
        for (CommandName command : values()) {
            if (command.text.equals(typed) || (!command.alias.isEmpty() && command.alias.equals(typed))) {
                return Optional.of(command);
            }
        }
        return Optional.empty();
    }

    /** All names and aliases. */
    public static List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (CommandName command : values()) {
            texts.add(command.text);
            if (!command.alias.isEmpty()) {
                texts.add(command.alias);
            }
        }
        return texts;
    }

    @Override
    public String toString() {
        return text;
    }
}
