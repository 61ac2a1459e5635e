/**
 * Finds what changed in a cluster since a base backup. {@link org.pgkeep.backup.change.ChangeFinder} takes the cheapest way that
 * is safe: the server's WAL summaries, those of the archived WAL, ptrack, the pages' LSNs, the files' times, or the hash of
 * every block. What it finds is a {@link org.pgkeep.backup.change.Changes}. Part of {@code backup}, which nobody else uses.
 */
@NullMarked
package org.pgkeep.backup.change;

import org.jspecify.annotations.NullMarked;
