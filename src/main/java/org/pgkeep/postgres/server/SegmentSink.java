package org.pgkeep.postgres.server;

import java.nio.ByteBuffer;
import org.pgkeep.postgres.SegmentName;

/** Takes streamed WAL, segment by segment, from front to back. */
public interface SegmentSink {
    /**
     * The next bytes of a segment; never of two.
     *
     * @param offset of the first of them in the segment; 0 begins it
     */
    void take(SegmentName segment, int offset, ByteBuffer bytes);

    /** All bytes of a segment were taken. */
    void completed(SegmentName segment);
}
