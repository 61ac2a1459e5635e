/**
 * Brings a cluster back: from a backup of any type into an empty directory, or over the same cluster's own, with the settings that
 * make PostgreSQL replay WAL up to a target. The front door is {@link org.pgkeep.restore.Restore}.
 *
 * <pre>
 * choose     newest sound backup from which the archived WAL leads there        nothing is touched
 * plan       manifest → directories, table of files, pieces sorted by frame      nothing is touched
 * check      every directory to fill is absent, empty, or ours; no server runs   nothing is touched
 * fill       mark "pgkeep.restore" → directories → pieces, frame by frame, by several workers
 * finish     backup_label, recovery settings, backup_manifest → syncfs
 * let start  global/pg_control under its own name → mark removed
 * </pre>
 *
 * <p>Until the last step there is no {@code global/pg_control}, without which no PostgreSQL starts; the mark lets the command
 * be run again.
 *
 * <p>Workers fill in one of two ways. Into empty directories ({@code WholeFrames}) each frame is read once and each block written
 * once; large pieces are written past the page cache (see {@code OpenFile}), small ones through it; zero blocks are holes. Over what
 * is there ({@code Differences}, a delta restore):
 *
 * <pre>
 * set aside  global/pg_control gets the name pg_control.before: still known for a retry
 * clear      remove what the backup does not have or has as something else; cut files that are too long
 * frame      read its blocks from the target; all hashes as in the pack's index? the frame is not read
 *            else read it, write the blocks that differ
 * (delta=lsn: pages that LsnTrust is certain of are not compared; SharedPast says whether it may be)
 * zeros      blocks in no frame must be zero
 * </pre>
 *
 * <p>A frame, pack or manifest that is damaged comes from the same backup in another repository, if one has it ({@code Spares}).
 *
 * <p>Uses {@code repository}, {@code postgres}, {@code postgres.server} (only for {@code postmaster.pid}), {@code linux},
 * {@code spool}, {@code progress}, {@code error}.
 */
@NullMarked
package org.pgkeep.restore;

import org.jspecify.annotations.NullMarked;
