package org.pgkeep.postgres.server;

import java.time.Instant;
import java.util.Optional;

/**
 * How archiving goes ({@code pg_stat_archiver}).
 *
 * @param archivedCount files archived since the statistics were reset
 * @param lastArchived the newest archived file
 * @param lastArchivedAt when that was
 * @param failedCount attempts that failed since the statistics were reset
 * @param lastFailed the file of the latest failed attempt
 * @param lastFailedAt when that was
 */
public record ArchiverStatus(
        long archivedCount,
        Optional<String> lastArchived,
        Optional<Instant> lastArchivedAt,
        long failedCount,
        Optional<String> lastFailed,
        Optional<Instant> lastFailedAt) {

    /** Whether the latest attempt failed. */
    public boolean isFailing() {
        return lastFailedAt.isPresent()
                && (lastArchivedAt.isEmpty() || lastArchivedAt.get().isBefore(lastFailedAt.get()));
    }
}
