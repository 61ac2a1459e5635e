package org.pgkeep.postgres.server;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.PostgresVersion;

/**
 * Files that wait for {@code archive_command}: those whose status is {@code .ready}.
 *
 * @param files how many
 * @param since since when the first of them waits; empty when none does, and before 12
 */
public record ArchiveQueue(long files, Optional<Instant> since) {
    private static final String WHAT = "see what waits to be archived";

    /** Asks for it; empty for a role that may not see it. */
    static Optional<ArchiveQueue> read(Queries queries, PostgresVersion version) {
        try {
            return Optional.of(queries.one(
                    query(version),
                    row -> new ArchiveQueue(
                            row.getLong(1),
                            Optional.ofNullable(row.getTimestamp(2)).map(Timestamp::toInstant))));
        } catch (PgkeepException e) {
            if (e.code() == ErrorCode.QUERY) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static Query query(PostgresVersion version) {
        if (version.isAtLeast(MajorVersion.V12)) {
            return new Query(
                    WHAT,
                    "SELECT count(*), min(modification) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'",
                    "pg_monitor");
        }
        String directory = version.isAtLeast(MajorVersion.V10) ? "pg_wal" : "pg_xlog";
        return new Query(
                WHAT,
                "SELECT count(*), NULL::timestamptz FROM pg_ls_dir('" + directory
                        + "/archive_status') AS name WHERE name LIKE '%.ready'",
                "EXECUTE ON FUNCTION pg_ls_dir(text)");
    }
}
