package org.pgkeep.cli;

import java.time.Instant;
import org.pgkeep.repository.Pin;

/** What people noted of a backup, as text. */
final class BackupMarkText {
    private BackupMarkText() {}

    /** How a pin holds. */
    static String pin(Pin pin, Instant now) {
        String wal = pin.keepsWal() ? " with WAL" : "";
        return pin.until()
                .map(until -> pin.holds(now)
                        ? "pinned" + wal + " until " + BackupText.time(until)
                        : "pinned until " + BackupText.time(until) + ", which is over")
                .orElse("pinned" + wal);
    }
}
