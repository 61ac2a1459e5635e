package org.pgkeep.backup;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.pgkeep.backup.change.Way;
import org.pgkeep.codec.Compression;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.BackupWal;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Label;

/**
 * What to back up, and how.
 *
 * @param dataDirectory the cluster's data directory on this host
 * @param type what is wanted; without a backup to build on it becomes a full one
 * @param base the backup to build on; empty: the newest that can be
 * @param changes the way to find changes; empty: the cheapest that is safe
 * @param jobs workers, 1 to 999
 * @param packBytes a pack closes when it reaches this length
 * @param excludes paths relative to the data directory: {@code x} leaves out a file or a directory, {@code x/} only its content
 * @param fastStart whether the server's checkpoint runs at full speed
 * @param archiveCheck whether to prove that WAL arrives, before copying and before the commit
 * @param wal where a restore will find the WAL that the backup of a running server needs; not {@code NONE}
 * @param archiveTimeout how long no WAL segment may arrive before that is an error
 * @param pageChecks whether pages are checked: header, and checksum if the cluster has them
 * @param resume whether blocks that attempts which were cut off have stored are referred to
 * @param waitLongest how long to wait for other work on the cluster to end
 * @param temporary where temporary files go
 * @param pgkeepVersion this program's, for the record
 * @param remarks what is said of the backup
 */
public record BackupRequest(
        ClusterName cluster,
        Path dataDirectory,
        BackupType type,
        Optional<Label> base,
        Optional<Way> changes,
        int jobs,
        Compression compression,
        long packBytes,
        List<String> excludes,
        boolean fastStart,
        boolean archiveCheck,
        BackupWal wal,
        Duration archiveTimeout,
        boolean pageChecks,
        boolean resume,
        Duration waitLongest,
        Path temporary,
        String pgkeepVersion,
        Remarks remarks) {
    /** Pages of a pack: 256 MiB. */
    public static final long PACK_BYTES_DEFAULT = 256L << 20;

    public BackupRequest {
        excludes = List.copyOf(excludes);
    }

    /** Where the server keeps its WAL. */
    Path walDirectory(MajorVersion version) {
        return dataDirectory.resolve(version.walDirectory());
    }
}
