/**
 * Proves that what a repository holds is what was written, and that it is complete. Front door: {@link org.pgkeep.verify.Verify}.
 *
 * <pre>
 * for each cluster:
 *   packs      (parallel)  footer, index, stored hash of every frame; deep: content, hash of every block, pages
 *   manifests  (streams)   hash, order, trailer; every extent lies in a sound frame of a pack that is there; deep: file hashes
 *   WAL                    every segment that a backup needs is there
 *   WAL        (parallel)  content hash, whose it is, which segment
 *   ledger                 what was looked at when, so that the next run can leave it out
 *   marks                  of each backup, what was found of it
 * </pre>
 *
 * <p>Damage is a finding, not an error: the rest is verified nevertheless. Memory: a byte a frame (about a MiB of data), and one
 * pack's index for each worker. Uses {@code repository}, {@code postgres}, {@code progress}.
 */
@NullMarked
package org.pgkeep.verify;

import org.jspecify.annotations.NullMarked;
