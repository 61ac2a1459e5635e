package org.pgkeep.postgres.wal;

import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;

/** Where a reader is, for its errors. */
final class Place {
    private SegmentName segment;
    private long lsn;

    Place(SegmentName segment) {
        this.segment = segment;
    }

    void enter(SegmentName next) {
        segment = next;
    }

    void at(long position) {
        lsn = position;
    }

    Lsn lsn() {
        return new Lsn(lsn);
    }

    SegmentName segment() {
        return segment;
    }

    /**
     * What is there is not what PostgreSQL writes, or not what this program understands.
     *
     * @param why as the end of the sentence
     */
    PgkeepException damaged(String why) {
        return new PgkeepException(
                ErrorCode.CLUSTER_DAMAGED,
                "WAL segment " + segment + " cannot be understood at " + new Lsn(lsn) + ": " + why);
    }
}
