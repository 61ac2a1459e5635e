package org.pgkeep.report;

/**
 * Something that a person should know before anything else.
 *
 * @param kind for programs
 * @param message a sentence without a full stop
 */
public record Problem(Kind kind, String message) {
    /** What is wrong. */
    public enum Kind {
        /** There are backups, and none of them can be restored. */
        NOTHING_RESTORABLE("nothing-restorable"),
        /** What was archived last cannot be reached from any backup. */
        WAL_BROKEN("wal-broken"),
        /** A WAL segment is stored with two contents. */
        WAL_CONFLICT("wal-conflict"),
        /** A timeline's history cannot be read. */
        HISTORY_UNREADABLE("history-unreadable"),
        /** A backup misses something that it needs. */
        BACKUP_DAMAGED("backup-damaged"),
        /** A backup's record cannot be read. */
        RECORD_UNREADABLE("record-unreadable"),
        /** What people noted of a backup cannot be read. */
        MARK_UNREADABLE("mark-unreadable"),
        /** Somebody stopped all work that changes the cluster's backups. */
        CLUSTER_STOPPED("cluster-stopped"),
        /** Who works on the cluster cannot be told. */
        LEASE_UNREADABLE("lease-unreadable"),
        /** A backup was cut off. */
        BACKUP_ABORTED("backup-aborted");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** As output says it. */
        public String word() {
            return word;
        }
    }
}
