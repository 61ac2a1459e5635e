package org.pgkeep.postgres.server;

import org.pgkeep.postgres.Lsn;

/**
 * The server is in backup mode.
 *
 * @param lsn where recovery of this backup will begin: the redo location of its checkpoint
 * @param timeline the timeline of that checkpoint
 * @param onStandby whether the server was in recovery
 */
public record BackupStart(Lsn lsn, int timeline, boolean onStandby) {}
