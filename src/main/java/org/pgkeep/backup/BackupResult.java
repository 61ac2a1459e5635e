package org.pgkeep.backup;

import java.time.Duration;
import org.pgkeep.repository.BackupRecord;

/**
 * A backup that was committed.
 *
 * @param record what the repository says of it
 * @param copying how long reading and storing the files took
 * @param waitingForWal how long the last segments took to arrive
 */
public record BackupResult(BackupRecord record, Duration copying, Duration waitingForWal) {
    /** Whether there is something that a person must look at. */
    public boolean hasWarnings() {
        return !record.warnings().isEmpty();
    }
}
