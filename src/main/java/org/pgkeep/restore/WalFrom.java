package org.pgkeep.restore;

/** Where recovery takes WAL from. */
public enum WalFrom {
    /** From the archive: it is proved that it holds what leads to the target. */
    ARCHIVE,
    /** From where a restore command of the user's finds it, of which nothing is known here. */
    ELSEWHERE,
    /** From the backup, which must hold what makes it consistent. */
    BACKUP
}
