package org.pgkeep.postgres.server;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.postgres.PostgresVersion;

/**
 * What a server says about itself and its cluster.
 *
 * @param version the server's release
 * @param systemIdentifier the cluster's identifier, as {@code pg_control} has it
 * @param dataDirectory the data directory on the server's machine; empty when the role may not see it
 *     ({@code pg_read_all_settings} is missing)
 * @param inRecovery whether it is a standby
 * @param timeline the timeline that it writes; of a standby, that of its last restart point
 * @param walSegmentBytes size of a WAL segment: a power of two from 1 MiB to 1 GiB
 * @param blockBytes size of a block of a relation: 8192 unless built otherwise
 * @param checksumVersion 0 without page checksums, else their version
 * @param startTime when the server was started
 * @param settings {@code archive_mode}, {@code archive_command}, {@code archive_library}, {@code wal_level},
 *     {@code full_page_writes}, {@code config_file} …; those that the server has and the role may see
 * @param tablespaces all but {@code pg_default} and {@code pg_global}, by oid
 * @param databases all databases, by oid
 */
public record ServerFacts(
        PostgresVersion version,
        long systemIdentifier,
        Optional<Path> dataDirectory,
        boolean inRecovery,
        int timeline,
        int walSegmentBytes,
        int blockBytes,
        int checksumVersion,
        Instant startTime,
        Map<String, String> settings,
        List<Tablespace> tablespaces,
        List<Database> databases) {

    public ServerFacts {
        settings = Map.copyOf(settings);
        tablespaces = List.copyOf(tablespaces);
        databases = List.copyOf(databases);
    }

    /** A setting; empty when the server does not have it, the role may not see it, or it is the empty text. */
    public Optional<String> setting(String name) {
        return Optional.ofNullable(settings.get(name)).filter(value -> !value.isEmpty());
    }

    /** {@code off}, {@code on} or {@code always}. */
    public String archiveMode() {
        return setting("archive_mode").orElse("off");
    }

    /** {@code archive_command}, when set. */
    public Optional<String> archiveCommand() {
        // Without archiving, the server shows this word for any value.
        return setting("archive_command").filter(value -> !value.equals("(disabled)"));
    }

    /** {@code archive_library}, when set; since version 15. */
    public Optional<String> archiveLibrary() {
        return setting("archive_library");
    }

    /** {@code minimal}, {@code replica} or {@code logical}. */
    public String walLevel() {
        return setting("wal_level").orElse("");
    }

    /** Whether a torn page can be repaired from the WAL of a backup without backup mode's own page images. */
    public boolean fullPageWrites() {
        return setting("full_page_writes").orElse("on").equals("on");
    }

    /** Whether pages carry checksums. */
    public boolean hasChecksums() {
        return checksumVersion != 0;
    }

    /** Configuration files that lie outside the data directory, and so in no backup of it. */
    public List<Path> externalConfigurationFiles() {
        return List.of("config_file", "hba_file", "ident_file").stream()
                .flatMap(name -> setting(name).stream())
                .map(Path::of)
                .filter(file -> dataDirectory
                        .map(directory -> !file.startsWith(directory))
                        .orElse(false))
                .toList();
    }

    /**
     * A tablespace.
     *
     * @param oid its number: the link's name in {@code pg_tblspc}
     * @param name its name in SQL
     * @param location its directory; relative to the data directory when it lies in place
     */
    public record Tablespace(long oid, String name, String location) {
        /** Whether it is a directory in {@code pg_tblspc} instead of a link ({@code allow_in_place_tablespaces}). */
        public boolean isInPlace() {
            return !location.startsWith("/");
        }
    }

    /**
     * A database.
     *
     * @param oid its number: its directory's name in a tablespace
     * @param name its name in SQL
     */
    public record Database(long oid, String name) {}
}
