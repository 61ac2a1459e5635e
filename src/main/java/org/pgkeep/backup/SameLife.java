package org.pgkeep.backup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ArchiveFileName;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.WalArchive;

/**
 * Whether a server comes from where a backup was taken, and not from before: one that was set back, by a snapshot of its machine or a copied
 * directory, writes the same timeline again, other WAL with the same LSNs. Between two such lives neither LSNs nor WAL tell what changed.
 *
 * <p>One of these proves it:
 * <ul>
 * <li>the server is exactly where the backup ended;
 * <li>it runs since before that;
 * <li>{@code pg_wal} has the backup history file that the server wrote at its end ({@code do_pg_backup_stop}, {@code xlog.c}; the next backup
 *     removes it);
 * <li>{@code pg_wal} has the segment in which it ended, as the archive has it;
 * <li>one of these holds for a younger backup that was built on it.
 * </ul>
 *
 * @param walDirectory the server's
 * @param started when it was started; empty for a stopped one
 * @param timeline that it is on
 * @param now where it is
 */
record SameLife(ClusterStore cluster, Path walDirectory, Optional<Instant> started, int timeline, Lsn now) {
    /** Why it is not known, as the end of a sentence; empty when it is proved, or the server began a timeline of its own since. */
    Optional<String> doubt(BackupRecord base) {
        return base.stopTimeline() != timeline || isProved(base) || isProvedByYounger(base)
                ? Optional.empty()
                : Optional.of("nothing proves that this server was not set back to before backup " + base.label()
                        + ": it was started since, and pg_wal has nothing from the backup's end any more");
    }

    private boolean isProved(BackupRecord backup) {
        return now.equals(backup.stopLsn())
                || started.filter(at -> at.isBefore(backup.stopped())).isPresent()
                || hasHistoryFile(backup)
                || hasLastSegment(backup);
    }

    private boolean isProvedByYounger(BackupRecord base) {
        List<BackupRecord> backups = cluster.backups();
        Map<Label, BackupRecord> byLabel = new HashMap<>();
        backups.forEach(backup -> byLabel.put(backup.label(), backup));
        return backups.reversed().stream()
                .takeWhile(backup -> backup.label().compareTo(base.label()) > 0)
                .filter(backup -> isBuiltOn(backup, base.label(), byLabel))
                .anyMatch(this::isProved);
    }

    private static boolean isBuiltOn(BackupRecord backup, Label base, Map<Label, BackupRecord> byLabel) {
        Optional<Label> next = backup.base();
        while (next.isPresent() && !next.get().equals(base)) {
            next = Optional.ofNullable(byLabel.get(next.get())).flatMap(BackupRecord::base);
        }
        return next.isPresent();
    }

    private boolean hasHistoryFile(BackupRecord backup) {
        Optional<SegmentName> first = backup.firstSegment();
        if (first.isEmpty() || backup.backupLabelFile().isEmpty()) {
            return false;
        }
        int offset = (int) backup.startLsn().minus(first.get().start(backup.segmentBytes()));
        String name = new ArchiveFileName.BackupHistory(first.get(), offset).toString();
        return linesOf(walDirectory.resolve(name))
                .containsAll(backup.backupLabelFile().lines().toList());
    }

    private static Set<String> linesOf(Path file) {
        try {
            return new HashSet<>(Files.readAllLines(file, StandardCharsets.ISO_8859_1));
        } catch (NoSuchFileException e) {
            return Set.of();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + file, e);
        }
    }

    private boolean hasLastSegment(BackupRecord backup) {
        return backup.lastSegment().filter(this::isTheArchives).isPresent();
    }

    private boolean isTheArchives(SegmentName segment) {
        Path file = walDirectory.resolve(segment.toString());
        try {
            Optional<WalArchive.Stored> stored = cluster.wal().find(segment.toString());
            return stored.isPresent()
                    && Files.isRegularFile(file)
                    && cluster.wal().isOf(stored.get(), file);
        } catch (PgkeepException e) {
            // A checkpoint may have reused the file, and two contents prove nothing.
            if (e.code() == ErrorCode.CONFLICT || !Files.isRegularFile(file)) {
                return false;
            }
            throw e;
        }
    }
}
