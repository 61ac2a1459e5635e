package org.pgkeep.postgres.server;

import java.nio.ByteBuffer;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;

/** Makes segments of one timeline's stream, whatever the messages' borders are. */
public final class SegmentCutter {
    private final int timeline;
    private final int segmentBytes;
    private final SegmentSink sink;
    private Lsn position;

    /**
     * Cuts what comes from here on.
     *
     * @param from the beginning of a segment, where the stream begins
     */
    public SegmentCutter(int timeline, Lsn from, int segmentBytes, SegmentSink sink) {
        this.timeline = timeline;
        this.segmentBytes = segmentBytes;
        this.sink = sink;
        this.position = from;
        if (offset(from) != 0) {
            throw new PgkeepException(ErrorCode.BUG, "a stream from " + from + " does not begin with a segment");
        }
    }

    /** The LSN behind the last byte taken. */
    public Lsn position() {
        return position;
    }

    private int offset(Lsn lsn) {
        return (int) (lsn.value() & (segmentBytes - 1));
    }

    /**
     * Gives the bytes of a message to the sink.
     *
     * @throws PgkeepException {@code CONNECT} when they do not follow on those before: the stream is of no use any more
     */
    public void take(WalMessage.Data data) {
        if (!data.start().equals(position)) {
            throw new PgkeepException(
                    ErrorCode.CONNECT, "the server sent WAL from " + data.start() + " where " + position + " was next");
        }
        ByteBuffer bytes = data.bytes();
        while (bytes.hasRemaining()) {
            int offset = offset(position);
            int count = Math.min(bytes.remaining(), segmentBytes - offset);
            SegmentName segment = SegmentName.holding(timeline, position, segmentBytes);
            sink.take(segment, offset, bytes.slice(bytes.position(), count));
            bytes.position(bytes.position() + count);
            position = position.plus(count);
            if (offset + count == segmentBytes) {
                sink.completed(segment);
            }
        }
    }
}
