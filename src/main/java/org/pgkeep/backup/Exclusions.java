package org.pgkeep.backup;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pgkeep.postgres.RelationFile;

/**
 * What a backup leaves out: what PostgreSQL removes or makes anew when it starts, the same that {@code pg_basebackup} leaves out
 * ({@code excludeFiles}, {@code excludeDirContents} in {@code backend/backup/basebackup.c}), and what the user says.
 */
final class Exclusions {
    private static final Set<String> CONTENTS = Set.of(
            "pg_dynshmem", "pg_notify", "pg_replslot", "pg_serial", "pg_snapshots", "pg_stat_tmp", "pg_subtrans");
    private static final Set<String> TOP_FILES = Set.of(
            "backup_label",
            "backup_label.old",
            "tablespace_map",
            "tablespace_map.old",
            "backup_manifest",
            "backup_manifest.tmp",
            "current_logfiles.tmp",
            "pgkeep.restore",
            "postgresql.auto.conf.tmp",
            "postmaster.opts",
            "postmaster.pid",
            "recovery.conf",
            "recovery.done",
            "recovery.signal",
            "standby.signal");
    /** How the path of an unlogged relation's init fork ends. */
    static final String INIT_FORK = "_init";

    private static final String RELATION_CACHE = "pg_internal.init";
    private static final String TEMPORARY = "pgsql_tmp";

    private final Set<String> userPaths = new HashSet<>();
    private final Set<String> userContents = new HashSet<>();
    private final String walDirectory;
    private final boolean online;

    /**
     * Rules for one backup.
     *
     * @param walDirectory {@code pg_wal}, or {@code pg_xlog} before 10
     * @param online whether the archive brings the WAL; a cold backup needs what lies in the data directory
     */
    Exclusions(List<String> user, String walDirectory, boolean online) {
        this.walDirectory = walDirectory;
        this.online = online;
        for (String path : user) {
            String relative = path.startsWith("/") ? path.substring(1) : path;
            if (relative.endsWith("/")) {
                userContents.add(relative.substring(0, relative.length() - 1));
            } else {
                userPaths.add(relative);
            }
        }
    }

    /** Whether nothing is said of this file or directory at all. */
    boolean leavesOut(String path, boolean directory) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        if (userPaths.contains(path) || name.startsWith(TEMPORARY)) {
            return true;
        }
        if (directory) {
            return false;
        }
        return TOP_FILES.contains(path) || isRelationCache(name) || isTemporaryRelation(path);
    }

    private static boolean isRelationCache(String name) {
        // With a process number behind it while it is being written.
        return name.equals(RELATION_CACHE) || name.startsWith(RELATION_CACHE + ".");
    }

    private static boolean isTemporaryRelation(String path) {
        return RelationFile.parse(path).map(RelationFile::isTemporary).orElse(false);
    }

    /** Whether only the directory itself is kept, empty. */
    boolean leavesOutContents(String directory) {
        return CONTENTS.contains(directory)
                || userContents.contains(directory)
                || (online && directory.equals(walDirectory + "/archive_status"))
                || (online && directory.equals(walDirectory + "/summaries"));
    }

    /** Whether files right in this directory are left out, but its directories are kept. */
    boolean leavesOutFiles(String directory) {
        return online && directory.equals(walDirectory);
    }

    /**
     * Which relations of a directory are left out but for their init fork: the unlogged ones, those with an {@code _init} fork. Recovery
     * makes their other forks from it. A cold backup needs no recovery, and so keeps them.
     *
     * @param paths of the directory's files
     */
    Set<Long> unlogged(List<String> paths) {
        Set<Long> unlogged = new HashSet<>();
        if (!online) {
            return unlogged;
        }
        for (String path : paths) {
            if (path.endsWith(INIT_FORK)) {
                RelationFile.parse(path)
                        .filter(file -> file.fork() == RelationFile.Fork.INIT)
                        .ifPresent(file -> unlogged.add(file.node()));
            }
        }
        return unlogged;
    }

    /** Whether this is a fork of an unlogged relation that recovery makes anew. */
    static boolean isUnloggedContent(String path, Set<Long> unlogged) {
        if (unlogged.isEmpty()) {
            return false;
        }
        Optional<RelationFile> file = RelationFile.parse(path);
        return file.isPresent()
                && file.get().fork() != RelationFile.Fork.INIT
                && unlogged.contains(file.get().node());
    }
}
