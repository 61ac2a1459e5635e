package org.pgkeep.backup;

import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.SegmentSpan;
import org.pgkeep.repository.BackupWal;

/** How the WAL is got without which a backup of a running server cannot be made consistent, step by step along the backup. */
sealed interface NeededWal extends AutoCloseable permits ArchiveProof, CopiedWal, StreamedWal {
    /** Where a restore will find it. */
    BackupWal place();

    /** Before backup mode begins. */
    void begin();

    /** In backup mode; what becomes part of the backup goes into these files from now on. */
    void started(BackupMode.Start start, WalFiles files);

    /** Before files are copied. */
    void before();

    /**
     * Now and then while files are copied.
     *
     * @throws PgkeepException when the WAL is lost, and the backup with it
     */
    void check();

    /** Out of backup mode, before the manifest is written: makes complete what becomes part of the backup. */
    void complete(Need need, WalFiles files);

    /** Before the commit. */
    void after(Need need);

    /** Ends whatever still goes on; may be called again. */
    @Override
    void close();

    /**
     * What is needed.
     *
     * @param stop where the backup is consistent
     * @param span from the segment in which recovery begins to the one that holds the last byte before {@code stop}
     */
    record Need(Lsn stop, SegmentSpan span) {
        static Need of(BackupMode.Start start, BackupMode.Stop stop, int segmentBytes) {
            return new Need(
                    stop.lsn(),
                    new SegmentSpan(
                            SegmentName.holding(start.timeline(), start.lsn(), segmentBytes),
                            SegmentName.holdingBefore(stop.timeline(), stop.lsn(), segmentBytes),
                            segmentBytes));
        }
    }
}
