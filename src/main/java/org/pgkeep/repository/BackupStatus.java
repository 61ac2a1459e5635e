package org.pgkeep.repository;

import java.util.Arrays;
import java.util.Optional;

/** How a backup is. */
public enum BackupStatus {
    /** Its process works on it. */
    RUNNING,
    /** It was cut off; the next backup removes or uses what it left. */
    ABORTED,
    /** Complete; nobody has looked at its stored bytes since. */
    OK,
    /** Complete, and somebody has looked. */
    VERIFIED,
    /** Complete; a person must know something about it, such as damaged pages of the cluster. */
    WARNINGS,
    /** Something that it needs is damaged or missing. */
    DAMAGED;

    /**
     * Of a complete backup.
     *
     * @param lacking whether something that it needs is missing, beside what its mark says
     * @param warnings how many its record has
     */
    public static BackupStatus of(boolean lacking, int warnings, BackupMark mark) {
        boolean damaged = mark.validation().map(Validation::isDamaged).orElse(false);
        if (lacking || damaged) {
            return DAMAGED;
        }
        if (warnings > 0) {
            return WARNINGS;
        }
        return mark.validation().isPresent() ? VERIFIED : OK;
    }

    /** The one that output calls so. */
    public static Optional<BackupStatus> ofWord(String word) {
        return Arrays.stream(values())
                .filter(status -> status.word().equals(word))
                .findFirst();
    }

    /** As output says it. */
    public String word() {
        return switch (this) {
            case RUNNING -> "running";
            case ABORTED -> "aborted";
            case OK -> "ok";
            case VERIFIED -> "verified";
            case WARNINGS -> "warnings";
            case DAMAGED -> "damaged";
        };
    }
}
