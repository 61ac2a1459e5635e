package org.pgkeep.repository;

import java.util.Optional;

/** What a backup holds relative to others. */
public enum BackupType {
    /** Every byte, read anew. */
    FULL('F', "full"),
    /** What changed since the last full backup. */
    DIFFERENTIAL('D', "diff"),
    /** What changed since the last backup. */
    INCREMENTAL('I', "incr");

    private final char letter;
    private final String word;

    BackupType(char letter, String word) {
        this.letter = letter;
        this.word = word;
    }

    /** The last character of its label. */
    public char letter() {
        return letter;
    }

    /** The word that stands for it in options and records. */
    public String word() {
        return word;
    }

    static Optional<BackupType> ofLetter(char letter) {
        for (BackupType type : values()) {
            if (type.letter == letter) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** The type of this word. */
    public static Optional<BackupType> ofWord(String word) {
        for (BackupType type : values()) {
            if (type.word.equals(word)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
