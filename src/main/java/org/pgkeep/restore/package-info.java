/**
 * Brings a cluster back: from a backup of any type into an empty directory, or over the same cluster's own, with the settings that
 * make PostgreSQL replay WAL up to a target. The front door is {@link org.pgkeep.restore.Restore}.
 *
 * <pre>
 * choose     newest sound backup from which the archived WAL leads there        nothing is touched
 * plan       manifest → directories, table of files, pieces in order             nothing is touched
 * check      every directory to fill is absent, empty, or ours; no server runs   nothing is touched
 * fill       mark "pgkeep.restore" → directories → pieces, by several workers
 * finish     backup_label, recovery settings, backup_manifest → syncfs
 * let start  global/pg_control under its own name → mark removed
 * </pre>
 *
 * <p>Until the last step there is no {@code global/pg_control}, without which no PostgreSQL starts; the mark lets the command
 * be run again.
 *
 * <p>Workers go through the pieces in one of two orders ({@code PieceOrder}). That of the frames: each frame is read once, and what it has goes to
 * its places. A backup whose blocks are in the packs of several, because it is incremental or was merged, has most of its files in pieces of
 * a few blocks; of such a one they go through the files, 1 MiB at a time, near each other, and the frames that were used last are held for all of
 * them ({@code FrameCache}). So each is read about once and each MiB written in one go, as long as there is memory for a frame of each source
 * ({@code FrameMemory}); of a backup with more the order is that of the frames again.
 *
 * <p>Into empty directories ({@code WholeFrames}, {@code WholeParts}) each block is written once; large pieces are written past the page cache
 * (see {@code OpenFile}), small ones through it; zero blocks are holes. Over what is there ({@code Differences}, {@code PartDifferences}, a delta
 * restore):
 *
 * <pre>
 * set aside  global/pg_control gets the name pg_control.before: still known for a retry
 * clear      remove what the backup does not have or has as something else; cut files that are too long
 * compare    read blocks from the target; all hashes as in the packs' indexes? no frame is read
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
