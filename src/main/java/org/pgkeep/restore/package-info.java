/**
 * Brings a cluster back: from a backup of any type into an empty directory, with the settings that make PostgreSQL replay WAL up
 * to a target. The front door is {@link org.pgkeep.restore.Restore}.
 *
 * <pre>
 * choose     newest backup from which the archived WAL leads to the target       nothing is touched
 * plan       manifest → directories, table of files, pieces sorted by frame      nothing is touched
 * check      every directory to fill is absent or empty, no server runs          nothing is touched
 * fill       mark "pgkeep.restore" → directories → each frame read once, each block written once, by several workers
 * finish     backup_label, recovery settings, backup_manifest → syncfs
 * let start  global/pg_control under its own name → mark removed
 * </pre>
 *
 * <p>Until the last step there is no {@code global/pg_control}, without which no PostgreSQL starts; the mark lets the command
 * be run again. A delta restore will fit between check and fill: the packs' block hashes tell which pieces of the plan are
 * there already.
 *
 * <p>Large pieces are written past the page cache (see {@code OpenFile}), small ones through it; zero blocks are holes.
 *
 * <p>Uses {@code repository}, {@code postgres}, {@code postgres.server} (only for {@code postmaster.pid}), {@code linux},
 * {@code spool}, {@code progress}, {@code error}.
 */
@NullMarked
package org.pgkeep.restore;

import org.jspecify.annotations.NullMarked;
