/**
 * Removes a cluster from a repository, with all backups and WAL. Front door: {@link org.pgkeep.forget.Forget}.
 *
 * <pre>
 * against it: pinned backups, work that holds the lease, a server that runs on the cluster   → refused, unless forced
 * order:      {@link org.pgkeep.repository.Forgetting}
 * </pre>
 *
 * Uses {@code repository}, {@code postgres}, {@code postgres.server}, {@code progress}, {@code units}, {@code error}.
 */
@NullMarked
package org.pgkeep.forget;

import org.jspecify.annotations.NullMarked;
