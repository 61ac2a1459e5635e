package org.pgkeep.restore;

/** Whether the restored cluster archives its WAL. */
public enum ArchiveMode {
    /** As the original did: for the cluster that takes the original's place. */
    PRESERVE,
    /** {@code archive_mode = off}: for a copy beside the original, whose WAL does not belong into the original's archive. */
    OFF
}
