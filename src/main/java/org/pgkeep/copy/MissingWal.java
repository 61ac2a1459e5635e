package org.pgkeep.copy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.pgkeep.codec.Compression;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.SegmentSpan;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.WalArchive;

/** What the other repository lacks of the WAL without which a backup cannot be restored. What comes after it is archiving's to bring into each repository. */
final class MissingWal {
    private MissingWal() {}

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
    static List<File> of(ClusterStore source, ClusterStore target, BackupRecord backup) {
        List<File> missing = new ArrayList<>();
        Optional<Integer> history =
                target.record().of(backup.systemIdentifier()).map(known -> known.id());
        if (!backup.needsArchive() || history.isEmpty()) {
            return missing;
        }
        WalArchive from = source.wal(backup.historyId());
        WalArchive to = target.wal(history.get());
        for (String file : files(backup.span().orElseThrow(), from)) {
            add(missing, backup, file, from, to);
        }
        return missing;
    }

    private static NavigableSet<String> files(SegmentSpan span, WalArchive from) {
        NavigableSet<String> files = new TreeSet<>();
        for (SegmentSpan.Place place : span) {
            List<SegmentName> there = place.names().stream().filter(from::has).toList();
            (there.isEmpty() ? place.names().subList(0, 1) : there).forEach(name -> files.add(name.toString()));
        }
        span.timelines().stream()
                .filter(timeline -> timeline != 1)
                .map(TimelineHistory::fileName)
                .forEach(files::add);
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
