package org.pgkeep.postgres.server;

import java.util.Optional;
import org.pgkeep.postgres.Lsn;

/**
 * The server left backup mode.
 *
 * @param lsn recovery must reach this to be consistent
 * @param timeline of the byte before it; a standby may have followed its primary to another since the backup began
 * @param backupLabel the contents of the file {@code backup_label}, byte for byte as the server gave it
 * @param tablespaceMap the contents of the file {@code tablespace_map}, when there are tablespaces
 */
public record BackupStop(Lsn lsn, int timeline, String backupLabel, Optional<String> tablespaceMap) {}
