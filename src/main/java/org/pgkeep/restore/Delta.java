package org.pgkeep.restore;

/** What a restore does with a data directory of the same cluster that is there already. */
public enum Delta {
    /** Refuses it, or removes it when forced. */
    OFF,
    /** Compares every block by its hash with the backup's, and fetches and writes those that differ. */
    HASH,
    /** The same, but without asking the repository about pages that are certain to be the backup's by their LSN. */
    LSN
}
