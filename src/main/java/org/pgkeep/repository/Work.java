package org.pgkeep.repository;

import java.util.Optional;

/** What a cluster's lease is taken for: everything that makes backups come or go. One at a time, whatever it is. */
public enum Work {
    /** A backup is taken. */
    BACKUP,
    /** Backups and WAL that nobody needs any more are removed. */
    EXPIRE,
    /** Backups are removed by name. */
    DELETE,
    /** Backups of a chain become one. */
    MERGE,
    /** Packs are rewritten. */
    COMPACT,
    /** Backups of another repository are taken over. */
    COPY,
    /** The cluster is removed from the repository. */
    FORGET,
    /** Another database cluster becomes the current one. */
    UPGRADE,
    /** Work is ended: {@code pgkeep stop --force}. */
    STOP;

    /** As records and messages say it. */
    public String word() {
        return switch (this) {
            case BACKUP -> "backup";
            case EXPIRE -> "expire";
            case DELETE -> "delete";
            case MERGE -> "merge";
            case COMPACT -> "compact";
            case COPY -> "copy";
            case FORGET -> "forget";
            case UPGRADE -> "upgrade";
            case STOP -> "stop";
        };
    }

    static Optional<Work> ofWord(String word) {
        for (Work work : values()) {
            if (work.word().equals(word)) {
                return Optional.of(work);
            }
        }
        return Optional.empty();
    }
}
