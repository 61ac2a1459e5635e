package org.pgkeep.backup.change;

import java.util.Optional;

/** The ways to find what changed, cheapest first; in the words of the option {@code changes}. */
public enum Way {
    /** The server's own WAL summaries, of PostgreSQL 17 and later. */
    SUMMARY("summary"),
    /** The archived WAL, by summaries of its segments. */
    WAL("wal"),
    /** The extension ptrack. */
    PTRACK("ptrack"),
    /** The LSN of every page. */
    LSN("lsn"),
    /** Size and time of files. */
    FILES("files"),
    /** The hash of every block. */
    HASH("hash");

    private final String word;

    Way(String word) {
        this.word = word;
    }

    /** The word that stands for it in options and records. */
    public String word() {
        return word;
    }

    /** The way of this word. */
    public static Optional<Way> ofWord(String word) {
        for (Way way : values()) {
            if (way.word.equals(word)) {
                return Optional.of(way);
            }
        }
        return Optional.empty();
    }
}
