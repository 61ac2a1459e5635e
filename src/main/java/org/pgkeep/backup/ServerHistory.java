package org.pgkeep.backup;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.repository.WalArchive;

/** The line of descent of a server's timeline. */
final class ServerHistory {
    private ServerHistory() {}

    /**
     * Reads it from the server's own WAL directory, else from the archive.
     *
     * @throws PgkeepException {@code ARCHIVING} when it is in neither
     */
    static TimelineHistory of(Path walDirectory, WalArchive wal, int timeline) {
        if (timeline == 1) {
            return TimelineHistory.of(1);
        }
        Path file = walDirectory.resolve(TimelineHistory.fileName(timeline));
        try {
            return TimelineHistory.parse(timeline, Files.readString(file, StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            return archived(wal, timeline)
                    .orElseThrow(() -> new PgkeepException(
                                    ErrorCode.ARCHIVING,
                                    file + " is missing, and the archive does not have it either",
                                    "Take a full backup with --type full.")
                            .causedBy(e));
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + file, e);
        }
    }

    private static Optional<TimelineHistory> archived(WalArchive wal, int timeline) {
        return wal.find(TimelineHistory.fileName(timeline)).map(stored -> {
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            try {
                long _ = wal.copyTo(stored, content);
            } catch (IOException e) {
                throw new PgkeepException(ErrorCode.BUG, "a buffer in memory fails").causedBy(e);
            }
            return TimelineHistory.parse(timeline, content.toString(StandardCharsets.UTF_8));
        });
    }
}
