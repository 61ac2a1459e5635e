package org.pgkeep.backup;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.pgkeep.codec.Compression;
import org.pgkeep.repository.ClusterName;

/**
 * What to back up, and how.
 *
 * @param dataDirectory the cluster's data directory on this host
 * @param jobs workers, 1 to 999
 * @param packBytes a pack closes when it reaches this length
 * @param excludes paths relative to the data directory: {@code x} leaves out a file or a directory, {@code x/} only its content
 * @param fastStart whether the server's checkpoint runs at full speed
 * @param archiveCheck whether to prove that WAL arrives, before copying and before the commit
 * @param archiveTimeout how long no WAL segment may arrive before that is an error
 * @param pageChecks whether pages are checked: header, and checksum if the cluster has them
 * @param temporary where temporary files go
 * @param pgkeepVersion this program's, for the record
 */
public record BackupRequest(
        ClusterName cluster,
        Path dataDirectory,
        int jobs,
        Compression compression,
        long packBytes,
        List<String> excludes,
        boolean fastStart,
        boolean archiveCheck,
        Duration archiveTimeout,
        boolean pageChecks,
        Path temporary,
        String pgkeepVersion) {
    /** Pages of a pack: 256 MiB. */
    public static final long PACK_BYTES_DEFAULT = 256L << 20;

    public BackupRequest {
        excludes = List.copyOf(excludes);
    }
}
