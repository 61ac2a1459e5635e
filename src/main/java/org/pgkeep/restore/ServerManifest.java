package org.pgkeep.restore;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.BackupManifestFile;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.PathName;

/**
 * Writes PostgreSQL's own {@code backup_manifest} into the restored directory, so that {@code pg_verifybackup -n} proves the
 * restore with a program that we did not write. Files that the restore itself wrote are described as they are on disk now.
 */
final class ServerManifest {
    private static final String SIGNAL = ".signal";

    private final Path target;
    private final FileTable files;
    private final FileDigests digests;
    private final ExtraFiles extra;

    ServerManifest(Path target, FileTable files, FileDigests digests, ExtraFiles extra) {
        this.target = target;
        this.files = files;
        this.digests = digests;
        this.extra = extra;
    }

    /** Writes it, if this version of PostgreSQL knows it (13 and later). */
    void write(BackupRecord backup, TimelineHistory history, MajorVersion version) {
        if (version.manifestVersion().isEmpty()) {
            return;
        }
        Path path = target.resolve(BackupManifestFile.PATH);
        try {
            try (OutputStream out = new BufferedOutputStream(extra.open(BackupManifestFile.PATH), 1 << 16)) {
                BackupManifestFile manifest =
                        new BackupManifestFile(out, version.manifestVersion().getAsInt(), backup.systemIdentifier());
                list(manifest, PathName.of(version.walDirectory()));
                manifest.finish(ranges(backup, history));
            }
            extra.finish(BackupManifestFile.PATH);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "write " + path, e);
        }
    }

    private void list(BackupManifestFile manifest, PathName wal) throws IOException {
        Set<PathName> ownDescription = new HashSet<>(Set.of(PathName.of(BackupManifestFile.PATH)));
        extra.written().forEach(path -> ownDescription.add(PathName.of(path)));
        for (int file = 0; file < files.count(); file++) {
            PathName path = files.path(file);
            // Recovery takes WAL from the archive: pg_verifybackup does not look at what lies in pg_wal.
            if (!ownDescription.contains(path) && !path.isAtOrBelow(wal)) {
                manifest.file(path.bytes(), files.size(file), files.modified(file), digests.of(file));
            }
        }
        for (String path : extra.written()) {
            if (!path.endsWith(SIGNAL)) {
                Path location = target.resolve(path);
                manifest.file(
                        path.getBytes(StandardCharsets.UTF_8),
                        Files.size(location),
                        Files.getLastModifiedTime(location).toInstant(),
                        digests.read(location));
            }
        }
    }

    /** WAL from the backup's start to its end, a range for each timeline, youngest first. */
    private static List<BackupManifestFile.WalRange> ranges(BackupRecord backup, TimelineHistory history) {
        List<BackupManifestFile.WalRange> ranges = new ArrayList<>();
        Lsn end = backup.stopLsn();
        for (TimelineHistory.Ancestor ancestor : history.ancestors().reversed()) {
            boolean younger = Integer.compareUnsigned(ancestor.timeline(), backup.startTimeline()) >= 0
                    && Integer.compareUnsigned(ancestor.timeline(), backup.stopTimeline()) < 0;
            if (younger) {
                int next = history.timelineAt(ancestor.end());
                ranges.add(new BackupManifestFile.WalRange(next, ancestor.end(), end));
                end = ancestor.end();
            }
        }
        ranges.add(new BackupManifestFile.WalRange(backup.startTimeline(), backup.startLsn(), end));
        return ranges;
    }
}
