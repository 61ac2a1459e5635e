package org.pgkeep.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
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
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.WalArchive;

/**
 * Whether a server comes from where a backup was taken, and not from before: one that was set back, by a snapshot of its machine or a copied
 * directory, writes the same timeline again, other WAL with the same LSNs. Between two such lives neither LSNs nor WAL tell what changed.
 *
 * <p>Other WAL in {@code pg_wal}, up to where the backup ended, disproves it. One of these proves it:
 * <ul>
 * <li>{@code pg_wal} has the WAL in which the backup ended, as the archive or the backup itself has it;
 * <li>it has the backup history file that the server wrote then ({@code do_pg_backup_stop}, {@code xlog.c}; it stays until the next backup where the
 *     server archives);
 * <li>the server is exactly where the backup ended;
 * <li>it runs since before that;
 * <li>one of these holds for a younger backup that was built on it.
 * </ul>
 *
 * @param walDirectory the server's
 * @param started when it was started; empty for a stopped one
 * @param now where it is
 */
record SameLife(ClusterStore cluster, Path walDirectory, Optional<Instant> started, Lsn now) {
    /** What the server's WAL says. */
    private enum Witness {
        SAME,
        OTHER,
        /** It is gone, or there is nothing to compare it with. */
        SILENT
    }

    /** Why it is not known, as the end of a sentence; empty when it is proved. */
    Optional<String> doubt(BackupRecord base) {
        Witness wal = wal(base);
        if (wal == Witness.OTHER) {
            return Optional.of("this server was set back to before the end of backup " + base.label()
                    + ": pg_wal has other WAL of segment " + base.lastSegment().orElseThrow());
        }
        return wal == Witness.SAME || isProvedOtherwise(base) || isProvedByYounger(base)
                ? Optional.empty()
                : Optional.of("nothing proves that this server was not set back to before backup " + base.label()
                        + ": it was started since, and pg_wal has nothing from the backup's end any more");
    }

    private boolean isProvedOtherwise(BackupRecord backup) {
        return now.equals(backup.stopLsn())
                || started.filter(at -> at.isBefore(backup.stopped())).isPresent()
                || hasHistoryFile(backup);
    }

    private boolean isProvedByYounger(BackupRecord base) {
        List<BackupRecord> backups = cluster.backups();
        Map<Label, BackupRecord> byLabel = new HashMap<>();
        backups.forEach(backup -> byLabel.put(backup.label(), backup));
        return backups.reversed().stream()
                .takeWhile(backup -> backup.label().compareTo(base.label()) > 0)
                .filter(backup -> isBuiltOn(backup, base.label(), byLabel))
                .anyMatch(backup -> switch (wal(backup)) {
                    case SAME -> true;
                    case OTHER -> false;
                    case SILENT -> isProvedOtherwise(backup);
                });
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

    private Witness wal(BackupRecord backup) {
        Optional<SegmentName> segment = backup.lastSegment();
        if (segment.isEmpty()) {
            return Witness.SILENT;
        }
        Path file = walDirectory.resolve(segment.get().toString());
        int bytes = (int) backup.stopLsn().minus(segment.get().start(backup.segmentBytes()));
        try {
            if (!Files.isRegularFile(file)) {
                return Witness.SILENT;
            }
            Optional<Boolean> same = backup.needsArchive()
                    ? inArchive(segment.get(), file, bytes)
                    : inBackup(backup.label(), segment.get(), file, bytes);
            return same.map(is -> is ? Witness.SAME : Witness.OTHER).orElse(Witness.SILENT);
        } catch (PgkeepException e) {
            // A checkpoint may have reused the file; and what is damaged or contradicts itself says nothing.
            boolean silent =
                    e.code() == ErrorCode.CONFLICT || e.code() == ErrorCode.DAMAGED || !Files.isRegularFile(file);
            if (silent) {
                return Witness.SILENT;
            }
            throw e;
        }
    }

    private Optional<Boolean> inArchive(SegmentName segment, Path file, int bytes) {
        WalArchive wal = cluster.wal();
        return wal.find(segment.toString()).map(stored -> wal.isOf(stored, file, bytes));
    }

    /** By the page in which it ended, up to there: its records have checksums, times, and the place of the one before. */
    private Optional<Boolean> inBackup(Label label, SegmentName segment, Path file, int bytes) {
        int block = (bytes - 1) / Blocks.BYTES;
        int length = bytes - block * Blocks.BYTES;
        return IncludedWal.block(cluster, label, segment, block)
                .map(held -> Arrays.equals(Arrays.copyOf(held, length), read(file, block, length)));
    }

    private static byte[] read(Path file, int block, int length) {
        ByteBuffer content = ByteBuffer.allocate(length);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long at = (long) block * Blocks.BYTES;
            while (content.hasRemaining() && channel.read(content, at + content.position()) >= 0) {
                // Goes on where it stopped.
            }
            return content.array();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + file, e);
        }
    }
}
