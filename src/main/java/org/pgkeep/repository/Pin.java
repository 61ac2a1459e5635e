package org.pgkeep.repository;

import java.time.Instant;
import java.util.Optional;

/**
 * Keeps a backup, whatever the policies say.
 *
 * @param until from this moment on no longer; empty: for ever
 * @param keepsWal whether it also keeps all WAL from the backup on, so that every moment after it stays restorable
 */
public record Pin(Optional<Instant> until, boolean keepsWal) {
    /** Whether it keeps the backup at this moment. */
    public boolean holds(Instant now) {
        return until.map(now::isBefore).orElse(true);
    }
}
