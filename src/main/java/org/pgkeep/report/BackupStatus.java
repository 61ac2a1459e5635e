package org.pgkeep.report;

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
