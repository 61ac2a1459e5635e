package org.pgkeep.postgres;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * The table of what differs between PostgreSQL's major versions: numbers that identify them in the first columns, then one
 * method for each fact that changed, naming the version that changed it. A new or an older version is a new row here.
 *
 * <p>Sources: {@code catalog/pg_control.h} (control version), {@code catalog/catversion.h} (catalog version),
 * {@code access/xlog_internal.h} (WAL page magic), the release notes (names). All checked on real clusters.
 */
public enum MajorVersion {
    V9_6(90_600, 960, 201608131, 0xD093),
    V10(100_000, 1002, 201707211, 0xD097),
    V11(110_000, 1100, 201809051, 0xD098),
    V12(120_000, 1201, 201909212, 0xD101),
    V13(130_000, 1300, 202007201, 0xD106),
    V14(140_000, 1300, 202107181, 0xD10D),
    V15(150_000, 1300, 202209061, 0xD110),
    V16(160_000, 1300, 202307071, 0xD113),
    V17(170_000, 1700, 202406281, 0xD116),
    V18(180_000, 1800, 202506291, 0xD118);

    /** The versions this program knows, for messages. */
    static final String KNOWN = V9_6.text() + " to " + V18.text();

    private final int firstNumber;
    private final int controlVersion;
    private final int catalogVersion;
    private final int walMagic;

    MajorVersion(int firstNumber, int controlVersion, int catalogVersion, int walMagic) {
        this.firstNumber = firstNumber;
        this.controlVersion = controlVersion;
        this.catalogVersion = catalogVersion;
        this.walMagic = walMagic;
    }

    /** The version of a {@code server_version_num}; empty when this table does not know it. */
    public static Optional<MajorVersion> ofNumber(int number) {
        int first = number >= 100_000 ? number / 10_000 * 10_000 : number / 100 * 100;
        return first(v -> v.firstNumber == first);
    }

    /** The version whose {@code initdb} writes these catalogs: decides where {@code pg_control}'s own version is shared. */
    public static Optional<MajorVersion> ofCatalogVersion(int catalogVersion) {
        return first(v -> v.catalogVersion == catalogVersion);
    }

    /** The version that writes WAL pages with this {@code xlp_magic}. */
    public static Optional<MajorVersion> ofWalMagic(int walMagic) {
        return first(v -> v.walMagic == walMagic);
    }

    /** The version of a {@code PG_VERSION} file or a directory name: {@code 9.6}, {@code 17}. */
    public static Optional<MajorVersion> ofText(String text) {
        return first(v -> v.text().equals(text));
    }

    /** Not a stream: {@code archive-push} would start the machinery of streams for it. */
    private static Optional<MajorVersion> first(Predicate<MajorVersion> wanted) {
        for (MajorVersion version : values()) {
            if (wanted.test(version)) {
                return Optional.of(version);
            }
        }
        return Optional.empty();
    }

    /** As in {@code PG_VERSION}: {@code 9.6}, {@code 17}. */
    public String text() {
        int major = firstNumber / 10_000;
        return major >= 10 ? Integer.toString(major) : major + "." + firstNumber / 100 % 100;
    }

    /** Whether this is the given version or a newer one. */
    public boolean isAtLeast(MajorVersion other) {
        return compareTo(other) >= 0;
    }

    /** {@code server_version_num} of its release 0. */
    public int firstNumber() {
        return firstNumber;
    }

    /** {@code PG_CONTROL_VERSION}. */
    public int controlVersion() {
        return controlVersion;
    }

    /** {@code CATALOG_VERSION_NO}. */
    public int catalogVersion() {
        return catalogVersion;
    }

    /** {@code XLOG_PAGE_MAGIC}. */
    public int walMagic() {
        return walMagic;
    }

    /** The directory in a tablespace that holds this version's files: {@code TABLESPACE_VERSION_DIRECTORY}. */
    public String tablespaceDirectory() {
        return "PG_" + text() + "_" + catalogVersion;
    }

    /** The directory of WAL segments in the data directory. */
    public String walDirectory() {
        return isAtLeast(V10) ? "pg_wal" : "pg_xlog";
    }

    /** The directory of transaction states in the data directory. */
    public String transactionDirectory() {
        return isAtLeast(V10) ? "pg_xact" : "pg_clog";
    }

    /** Whether recovery is set up by {@code recovery.conf}; else by settings and a signal file. */
    public boolean usesRecoveryConf() {
        return !isAtLeast(V12);
    }

    /** {@code recovery_target_lsn} exists. */
    public boolean hasLsnTarget() {
        return isAtLeast(V10);
    }

    /** {@code recovery_target_timeline} knows {@code current}, and its default is {@code latest}. */
    public boolean defaultsToLatestTimeline() {
        return isAtLeast(V12);
    }

    /** The version of {@code backup_manifest} that its {@code pg_verifybackup} expects; empty before there was one. */
    public OptionalInt manifestVersion() {
        if (!isAtLeast(V13)) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(isAtLeast(V17) ? 2 : 1);
    }

    /** A backslash in {@code tablespace_map} has a backslash before it. */
    public boolean escapesBackslashInTablespaceMap() {
        return isAtLeast(V14);
    }

    /** SQL that starts a non-exclusive backup; parameters: label (text), fast (boolean). Returns the start LSN. */
    public String backupStartCall() {
        return isAtLeast(V15) ? "pg_backup_start(?, ?)" : "pg_start_backup(?, ?, false)";
    }

    /** SQL that stops it without waiting for the archive where that can be said; returns lsn, labelfile, spcmapfile. */
    public String backupStopCall() {
        if (isAtLeast(V15)) {
            return "pg_backup_stop(false)";
        }
        return isAtLeast(V10) ? "pg_stop_backup(false, false)" : "pg_stop_backup(false)";
    }

    /** Stopping a backup always waits until {@code archive_command} succeeded for the last segment (no parameter for it). */
    public boolean backupStopAlwaysWaits() {
        return !isAtLeast(V10);
    }

    /** Function that completes the current segment. */
    public String switchWalFunction() {
        return isAtLeast(V10) ? "pg_switch_wal" : "pg_switch_xlog";
    }

    /** Function that tells the write position of a primary. */
    public String currentLsnFunction() {
        return isAtLeast(V10) ? "pg_current_wal_lsn" : "pg_current_xlog_location";
    }

    /** Function that names the segment that holds a primary's WAL at an LSN. */
    public String walFileNameFunction() {
        return isAtLeast(V10) ? "pg_walfile_name" : "pg_xlogfile_name";
    }

    /** Function that tells how far a standby has replayed. */
    public String replayLsnFunction() {
        return isAtLeast(V10) ? "pg_last_wal_replay_lsn" : "pg_last_xlog_replay_location";
    }
}
