package org.pgkeep.repository;

import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;

/**
 * Changes what a backup is after its commit, under the cluster's lease: its record is replaced as a whole, once, by compare-and-swap
 * ({@code docs/formats/merge.md}). Manifest and packs stay, so that who read the record before reads on.
 */
public final class Revision {
    private final Storage storage;
    private final BackupNames names;
    private final ClusterStore cluster;

    Revision(Storage storage, BackupNames names, ClusterStore cluster) {
        this.storage = storage;
        this.names = names;
        this.cluster = cluster;
    }

    /** What the store needs for the new record while the old one is there, too, in bytes. */
    public long neededBytes(BackupRecord backup, BackupRecord.Merged how) {
        return backup.merged(how).print().length;
    }

    /**
     * Makes a backup a full one: <b>the commit</b> of a merge. Those that it made superfluous are the caller's to remove, afterwards.
     *
     * @return the record as written
     * @throws PgkeepException {@code BACKUP_UNKNOWN} when there is none; {@code LEASE_LOST} when another process changed it
     */
    public BackupRecord merge(Label label, BackupRecord.Merged how, Lease lease) {
        ObjectName name = names.backup(label);
        // The version is read before the content: if the content is newer, the compare-and-swap fails, which is safe.
        Optional<String> version = storage.info(name).map(ObjectInfo::version);
        BackupRecord merged = cluster.backup(label).merged(how);
        lease.assertHeld();
        if (version.isEmpty() || !storage.replace(name, version.get(), merged.print())) {
            throw new PgkeepException(
                    ErrorCode.LEASE_LOST,
                    storage.location(name) + " was changed by another process while it was merged",
                    "Nothing was committed. Run the command again.");
        }
        return merged;
    }
}
