package org.pgkeep.backup;

import org.pgkeep.backup.change.Changes;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterStore;

/**
 * What an incremental backup builds on.
 *
 * @param base the backup that it refers to
 * @param changes what is known to have changed since
 */
record Increment(ClusterStore cluster, BackupRecord base, Changes changes) {
    /** Opens the base's manifest; it must be the one that was committed. */
    BaseManifest manifest() {
        return new BaseManifest(cluster, base.label());
    }
}
