package org.pgkeep.repository;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.postgres.Lsn;

/**
 * What a manifest says before its files.
 *
 * @param base the backup that an incremental one was compared with
 * @param sources labels of the backups whose packs the extents name; the first is this backup's own
 * @param versionNumber the server's, as in {@code server_version_num}
 * @param blockBytes the cluster's page size
 * @param segmentBytes the cluster's WAL segment size
 * @param checksums whether the cluster's pages have checksums
 * @param options what the backup was told, for people
 */
public record ManifestHeader(
        Label label,
        Optional<Label> base,
        List<Label> sources,
        long systemIdentifier,
        int versionNumber,
        Lsn startLsn,
        Lsn stopLsn,
        int startTimeline,
        int stopTimeline,
        int blockBytes,
        int segmentBytes,
        boolean checksums,
        List<Tablespace> tablespaces,
        List<Database> databases,
        Map<String, String> options) {
    public ManifestHeader {
        sources = List.copyOf(sources);
        tablespaces = List.copyOf(tablespaces);
        databases = List.copyOf(databases);
        options = Map.copyOf(options);
    }

    /**
     * A tablespace.
     *
     * @param oid its number, the name of its entry in {@code pg_tblspc}
     * @param location target of that link; empty for one in place
     */
    public record Tablespace(long oid, String name, Optional<PathName> location) {}

    /** A database: its number names its directory. */
    public record Database(long oid, String name) {}
}
