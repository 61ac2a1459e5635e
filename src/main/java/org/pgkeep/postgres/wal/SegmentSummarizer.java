package org.pgkeep.postgres.wal;

import java.io.OutputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.WalHeader;

/**
 * Summarizes one segment, whose bytes are written to it from front to back. Everything but the part of a page is read where it is.
 *
 * <p>Throws {@link PgkeepException} with {@code CLUSTER_DAMAGED} from {@link #write} and {@link #finish} when the segment is not what
 * PostgreSQL writes, or not understood.
 */
public final class SegmentSummarizer extends OutputStream {
    /** Greater than every LSN. */
    private static final Lsn NEVER = new Lsn(-1);

    private final SegmentName segment;
    private final Lsn end;
    private final Place place;
    private final ChangeTable changes;
    private byte[] part = new byte[WalHeader.BYTES];
    private int partBytes;
    private @Nullable WalHeader facts;
    private @Nullable WalReader reader;
    private long left;

    /** Summarizes all of a segment. */
    public SegmentSummarizer(SegmentName segment) {
        this(segment, NEVER);
    }

    /** Summarizes the records of a segment that begin before an LSN; what the segment holds behind them is not looked at. */
    public SegmentSummarizer(SegmentName segment, Lsn end) {
        this.segment = segment;
        this.end = end;
        this.place = new Place(segment);
        this.changes = new ChangeTable(place);
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        int at = offset;
        int to = offset + length;
        while (at < to) {
            WalReader open = reader;
            if (open != null && partBytes == 0 && to - at >= part.length) {
                page(open, bytes, at);
                at += part.length;
            } else {
                at += fill(bytes, at, to - at);
            }
        }
    }

    /** Completes a page that came in parts. Before the first header came, nobody knows how long a page is. */
    private int fill(byte[] bytes, int at, int available) {
        int count = Math.min(available, part.length - partBytes);
        System.arraycopy(bytes, at, part, partBytes, count);
        partBytes += count;
        if (partBytes < part.length) {
            return count;
        }
        WalReader open = reader;
        if (open == null) {
            begin();
        } else {
            partBytes = 0;
            page(open, part, 0);
        }
        return count;
    }

    private void begin() {
        WalHeader header = WalHeader.parse(part, segment.toString());
        header.requireSizes(segment.toString());
        facts = header;
        reader = new WalReader(header, segment, end, changes);
        left = header.segmentBytes();
        part = Arrays.copyOf(part, header.blockBytes());
    }

    private void page(WalReader open, byte[] bytes, int at) {
        if (left == 0) {
            throw place.damaged("it is longer than its header says");
        }
        open.page(bytes, at);
        left -= part.length;
    }

    /** Where it is: in a segment that is not understood, the place that is not; empty as long as it has no page. */
    public Optional<Lsn> reached() {
        return Optional.ofNullable(reader).map(WalReader::reached);
    }

    /** Whether more bytes are of no interest. */
    public boolean isDone() {
        WalReader open = reader;
        return open != null && open.isDone();
    }

    /** When the last transaction ended of those whose record lies within the segment, as in {@link WalSink#ended}; empty when none did. */
    public OptionalLong lastEnded() {
        return changes.lastEnded() == Long.MIN_VALUE ? OptionalLong.empty() : OptionalLong.of(changes.lastEnded());
    }

    /** The summary, once all bytes are written. */
    public SegmentSummary finish() {
        WalReader open = reader;
        WalHeader header = facts;
        if (open == null || header == null || (left > 0 && !open.isDone())) {
            throw place.damaged("it is shorter than its header says");
        }
        Lsn segmentEnd = segment.start(header.segmentBytes()).plus(header.segmentBytes());
        Edges edges = open.edges();
        return new SegmentSummary(
                segment,
                header.segmentBytes(),
                header.version(),
                end.isBefore(segmentEnd) ? end : segmentEnd,
                edges.headOfSegment(),
                open.isDone() ? Optional.empty() : edges.tail(),
                edges.first(),
                edges.firstPrevious(),
                edges.last(),
                changes.isMinimal(),
                changes.isLevelTold(),
                changes.finish());
    }
}
