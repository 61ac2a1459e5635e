package org.pgkeep.copy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.pgkeep.codec.Compression;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.WalArchive;

/** The WAL without which a backup cannot be restored. What comes after it is archiving's to bring into each repository. */
final class NeededWal {
    private NeededWal() {}

    /** A file that one archive has and the other needs. */
    record File(WalArchive from, WalArchive.Stored stored, WalArchive to) {
        /** Copies it; durable when this returns. */
        void copy(Path temporary) {
            Path file = create(temporary);
            try {
                try (OutputStream content = Files.newOutputStream(file)) {
                    long _ = from.copyTo(stored, content);
                }
                WalArchive.Pushed _ = to.push(stored.file(), file, Compression.of(stored.algorithm()));
            } catch (IOException e) {
                throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "write " + file, e);
            } finally {
                remove(file);
            }
        }

        private static Path create(Path temporary) {
            try {
                return Files.createTempFile(temporary, "pgkeep-copy-", ".wal");
            } catch (IOException e) {
                throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "make a temporary file in " + temporary, e);
            }
        }

        private static void remove(Path file) {
            try {
                boolean _ = Files.deleteIfExists(file);
            } catch (IOException e) {
                // It is in the directory for what may be left behind.
            }
        }
    }

    /**
     * What is missing there.
     *
     * @throws PgkeepException {@code DAMAGED} when neither has it
     */
    static List<File> missing(ClusterStore source, ClusterStore target, BackupRecord backup) {
        List<File> missing = new ArrayList<>();
        Optional<Integer> history =
                target.record().of(backup.systemIdentifier()).map(known -> known.id());
        if (!backup.needsArchive() || history.isEmpty()) {
            return missing;
        }
        WalArchive from = source.wal(backup.historyId());
        WalArchive to = target.wal(history.get());
        for (String file : files(backup, from)) {
            add(missing, backup, file, from, to);
        }
        return missing;
    }

    /** A standby's backup may begin on one timeline and end on a younger one: then a segment may be of either, or there of both. */
    private static SortedSet<String> files(BackupRecord backup, WalArchive from) {
        SortedSet<String> files = new TreeSet<>();
        SegmentName first = backup.firstSegment().orElseThrow();
        SegmentName last = backup.lastSegment().orElseThrow();
        SegmentName end = last.onTimeline(first.timeline());
        for (SegmentName next = first; next.compareTo(end) <= 0; next = next.next(backup.segmentBytes())) {
            SegmentName younger = next.onTimeline(last.timeline());
            boolean isYounger = from.has(younger);
            if (isYounger) {
                files.add(younger.toString());
            }
            if (!isYounger || from.has(next)) {
                files.add(next.toString());
            }
        }
        for (int timeline : List.of(first.timeline(), last.timeline())) {
            if (timeline != 1) {
                files.add(TimelineHistory.fileName(timeline));
            }
        }
        return files;
    }

    private static void add(List<File> missing, BackupRecord backup, String file, WalArchive from, WalArchive to) {
        if (to.find(file).isEmpty()) {
            WalArchive.Stored stored = from.find(file)
                    .orElseThrow(() -> new PgkeepException(
                            ErrorCode.DAMAGED,
                            "backup " + backup.label() + " needs " + file + ", which is missing in " + from.location(),
                            "It cannot be restored. Look for the file in pg_wal of the server, and archive it."));
            missing.add(new File(from, stored, to));
        }
    }
}
