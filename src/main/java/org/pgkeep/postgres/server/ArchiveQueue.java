package org.pgkeep.postgres.server;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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

    /** Looks into a data directory; empty where there is none, or none that may be read. */
    public static Optional<ArchiveQueue> in(Path dataDirectory) {
        for (String directory : List.of("pg_wal", "pg_xlog")) {
            Path status = dataDirectory.resolve(directory).resolve("archive_status");
            if (Files.isDirectory(status)) {
                return look(status);
            }
        }
        return Optional.empty();
    }

    private static Optional<ArchiveQueue> look(Path status) {
        long count = 0;
        Optional<Instant> since = Optional.empty();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(status, "*.ready")) {
            for (Path file : files) {
                Optional<Instant> waits = waits(file);
                count += waits.isPresent() ? 1 : 0;
                since = Stream.concat(since.stream(), waits.stream()).min(Instant::compareTo);
            }
            return Optional.of(new ArchiveQueue(count, since));
        } catch (IOException | DirectoryIteratorException e) {
            return Optional.empty();
        }
    }

    /** Since when; empty if it was archived meanwhile. */
    private static Optional<Instant> waits(Path file) throws IOException {
        try {
            return Optional.of(Files.getLastModifiedTime(file).toInstant());
        } catch (NoSuchFileException e) {
            return Optional.empty();
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
