package org.pgkeep.receive;

import org.pgkeep.postgres.Lsn;

/**
 * Where a stream begins.
 *
 * @param timeline to be streamed
 * @param from the beginning of a segment
 */
record Stretch(int timeline, Lsn from) {}
