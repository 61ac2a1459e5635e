package org.pgkeep.repository;

import java.util.Arrays;
import java.util.Optional;

/** Where the WAL comes from that makes a restored backup consistent. */
public enum BackupWal {
    /** The server was stopped: nothing has to be replayed. */
    NONE("none"),
    /** From the archive alone. */
    ARCHIVE("archive"),
    /** Copied from the archive into the backup, files of {@code pg_wal}. */
    COPY("copy"),
    /** Received from the server into the backup, files of {@code pg_wal}; the archive need not have it. */
    STREAM("stream");

    private final String word;

    BackupWal(String word) {
        this.word = word;
    }

    /** As in records and in the option {@code wal}. */
    public String word() {
        return word;
    }

    /** The one with this word. */
    public static Optional<BackupWal> ofWord(String word) {
        return Arrays.stream(values()).filter(each -> each.word.equals(word)).findFirst();
    }

    /** Whether the server ran. */
    boolean isOnline() {
        return this != NONE;
    }

    /** Whether the archive must have it. */
    boolean isArchived() {
        return this == ARCHIVE;
    }

    /** Whether it is part of the backup. */
    boolean isIncluded() {
        return this == COPY || this == STREAM;
    }
}
