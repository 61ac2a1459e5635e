/**
 * Stops work on clusters, and allows it again. Front door: {@link org.pgkeep.stop.Stop}.
 *
 * <pre>
 * stop:   raise the fence (docs/formats/fence.md): from now on no lease is given, no WAL taken
 * force:  who holds the lease now?  a process of this host → SIGTERM, and wait for its orderly end
 *                                   still held, or of another host → take the lease away: it finds out before it commits
 * start:  take the fence away
 * </pre>
 *
 * Uses {@code repository}, {@code progress}, {@code error}.
 */
@NullMarked
package org.pgkeep.stop;

import org.jspecify.annotations.NullMarked;
