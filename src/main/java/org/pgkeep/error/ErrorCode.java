package org.pgkeep.error;

/**
 * Every way a pgkeep command can end other than well. The number is the process's exit status and never changes its
 * meaning; {@code docs/exit-statuses.md} is this table for people.
 */
public enum ErrorCode {
    /** The command line is wrong. */
    USAGE(2, Kind.USER),
    /** A configuration file or environment variable is wrong. */
    CONFIG(3, Kind.USER),

    /** A file or directory that must exist does not. */
    PATH_MISSING(10, Kind.ENVIRONMENT),
    /** A directory that must be empty is not. */
    PATH_NOT_EMPTY(11, Kind.USER),
    /** The operating system refuses access. */
    PERMISSION(12, Kind.ENVIRONMENT),
    /** No space, no inodes, or over quota. */
    DISK_FULL(13, Kind.ENVIRONMENT),
    /** Reading a file of the cluster failed. */
    FILE_READ(14, Kind.ENVIRONMENT),
    /** Writing a file of the cluster failed. */
    FILE_WRITE(15, Kind.ENVIRONMENT),

    /** The server cannot be reached or refuses the login. */
    CONNECT(20, Kind.ENVIRONMENT),
    /** The server refuses a query. */
    QUERY(21, Kind.ENVIRONMENT),
    /** A PostgreSQL version or build that pgkeep does not know. */
    VERSION_UNSUPPORTED(22, Kind.USER),
    /** A server runs where it must not. */
    SERVER_RUNNING(23, Kind.USER),
    /** Server, data directory and repository are not of the same cluster. */
    CLUSTER_MISMATCH(24, Kind.USER),
    /** The server left backup mode: session lost, standby promoted, server stopped. */
    BACKUP_INTERRUPTED(25, Kind.ENVIRONMENT),
    /** WAL does not reach the repository. */
    ARCHIVING(26, Kind.ENVIRONMENT),
    /** A file of the cluster is not what PostgreSQL writes. */
    CLUSTER_DAMAGED(27, Kind.STORED_DATA),

    /** There is no repository where one must be. */
    REPOSITORY_MISSING(30, Kind.USER),
    /** What is there is not a pgkeep repository. */
    REPOSITORY_FOREIGN(31, Kind.USER),
    /** Written by a newer pgkeep, in a format this one does not know. */
    TOO_NEW(32, Kind.USER),
    /** Stored data is missing, truncated or altered. */
    DAMAGED(33, Kind.STORED_DATA),
    /** The repository does not know this cluster. */
    CLUSTER_UNKNOWN(34, Kind.USER),
    /** The repository does not know this backup. */
    BACKUP_UNKNOWN(35, Kind.USER),
    /** Another process holds the lease. */
    HELD(36, Kind.ENVIRONMENT),
    /** The lease was lost while working; nothing was committed. */
    LEASE_LOST(37, Kind.ENVIRONMENT),
    /** The clock runs backwards. */
    CLOCK(38, Kind.ENVIRONMENT),
    /** The same name with other content is already stored. */
    CONFLICT(39, Kind.STORED_DATA),
    /** The store failed in another way. */
    STORAGE(40, Kind.ENVIRONMENT),
    /** The repository is sealed, and no key was given. */
    KEY_MISSING(41, Kind.USER),
    /** The key given does not open the repository, or it is not sealed. */
    KEY_WRONG(42, Kind.USER),

    /** No backup and WAL lead to the recovery target. */
    TARGET_UNREACHABLE(50, Kind.USER),
    /** The backup or the way that an incremental backup was to build on cannot be used. */
    BASE_UNUSABLE(51, Kind.USER),
    /** What was to be removed must stay: it is pinned, or the last backup that can be restored. */
    MUST_STAY(52, Kind.USER),

    /** Work on the cluster was stopped by a person. */
    STOPPED(62, Kind.USER),
    /** Ended by SIGINT or SIGTERM. */
    TERMINATED(63, Kind.ENVIRONMENT),
    /** pgkeep contradicts itself: please report. */
    BUG(70, Kind.BUG);

    /** The exit status of a run that did its work and has warnings to show, such as pages with bad checksums. */
    public static final int EXIT_WARNINGS = 4;

    /** The exit status of {@code archive-get} for a file that the archive does not hold. */
    public static final int EXIT_NOT_FOUND = 1;

    private final int exitStatus;
    private final Kind kind;

    ErrorCode(int exitStatus, Kind kind) {
        this.exitStatus = exitStatus;
        this.kind = kind;
    }

    /** The process's exit status, 2 to 125. */
    public int exitStatus() {
        return exitStatus;
    }

    /** Who can act on it. */
    public Kind kind() {
        return kind;
    }

    /** Who can act on an error. */
    public enum Kind {
        /** The caller asked for something that cannot be done. */
        USER,
        /** The machine, the server or the network. */
        ENVIRONMENT,
        /** Bytes at rest are not what was written. */
        STORED_DATA,
        /** pgkeep itself. */
        BUG
    }
}
