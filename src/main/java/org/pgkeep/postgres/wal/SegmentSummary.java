package org.pgkeep.postgres.wal;

import java.util.Optional;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.SegmentName;

/**
 * What the records of a WAL segment change, and what is needed to join it to its neighbours ({@code docs/formats/wal-summary.md}). It
 * follows from the segment's content alone, and tells all records that begin in it and before {@code end}: those that end in it by
 * {@code references}, and the one that does not by its tail, which the next segments' heads complete.
 *
 * @param segment whose it is
 * @param segmentBytes its size
 * @param version of PostgreSQL that wrote it
 * @param end where telling ends: the segment's end, or an LSN in it
 * @param head what is here of a record that began before
 * @param tail the record that begins here and does not end here
 * @param first the first record that begins and ends here; {@link Lsn#INVALID} when there is none
 * @param firstPrevious the record that it names as the one before it
 * @param last the last record that begins and ends here; {@link Lsn#INVALID} when there is none
 * @param minimal records tell that WAL of level minimal was written, which leaves changes out
 * @param parametersTold records tell of a level at all
 * @param references what the records change
 */
public record SegmentSummary(
        SegmentName segment,
        int segmentBytes,
        MajorVersion version,
        Lsn end,
        Head head,
        Optional<Tail> tail,
        Lsn first,
        Lsn firstPrevious,
        Lsn last,
        boolean minimal,
        boolean parametersTold,
        BlockReferences references) {
    /** Bytes of a fragment that a summary keeps at most. */
    public static final int KEPT_BYTES_MAX = Fragment.KEPT_BYTES;

    /**
     * The rest of a record that began in an earlier segment.
     *
     * @param missing bytes of it that were missing before this segment; 0 when there is none
     * @param bytes those that are here
     * @param checksum their CRC-32C
     * @param kept the first of them, at most {@value Fragment#KEPT_BYTES}
     * @param overwritten the record is not continued after these bytes: a crash had cut it off
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody, written and read once
    public record Head(int missing, int bytes, int checksum, byte[] kept, boolean overwritten) {
        /** No record continues here. */
        public static final Head NONE = new Head(0, 0, 0, new byte[0], false);

        Head leftIncomplete() {
            return new Head(missing, bytes, checksum, kept, true);
        }
    }

    /**
     * The beginning of a record that ends in a later segment.
     *
     * @param lsn where it begins
     * @param bytes those that are here
     * @param checksum CRC-32C of those that follow its header
     * @param kept the first of them, at least 8, at most {@value Fragment#KEPT_BYTES}
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Tail(Lsn lsn, int bytes, int checksum, byte[] kept) {}

    /** LSN of the segment's first byte. */
    public Lsn start() {
        return segment.start(segmentBytes);
    }
}
