package org.pgkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.pgkeep.codec.Compression;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.wal.SegmentSummarizer;

/**
 * A file as long as a segment in which WAL ends earlier: behind its last record are zeros, and the server did not leave them by a switch. No
 * server archives such a segment of its own. But one with {@code archive_mode = always} archives what {@code restore_command} gave it ({@code
 * KeepFileRestoredFromArchive}, {@code xlogarchive.c}), and of a segment that is streamed that is the part that there was. Taken for the whole
 * segment, it would be in the way of the real one for ever, and the streamed pieces, which reach further by then, would go.
 *
 * @param bytes how many of it are WAL
 */
record UnfinishedSegment(Path file, SegmentName name, int bytes) {
    /** What follows the last record of a segment that has no switch is shorter than a record's header. */
    private static final int RECORD_HEADER_BYTES = 24;

    private static final int STEP_BYTES = 1 << 16;

    /**
     * What a file is, if it is one.
     *
     * @param file as long as its header says
     */
    static Optional<UnfinishedSegment> of(Path file, SegmentName name) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            int segmentBytes = Math.toIntExact(channel.size());
            int bytes = withoutZeros(channel, segmentBytes);
            return segmentBytes - bytes >= RECORD_HEADER_BYTES && endsThere(channel, file, name, segmentBytes, bytes)
                    ? Optional.of(new UnfinishedSegment(file, name, bytes))
                    : Optional.empty();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + file, e);
        }
    }

    /** How long it is without the zeros at its end; mostly told by its last bytes. */
    private static int withoutZeros(FileChannel channel, int size) throws IOException {
        ByteBuffer step = ByteBuffer.allocate(RECORD_HEADER_BYTES);
        int end = size;
        while (end > 0) {
            int from = Math.max(0, end - step.capacity());
            read(channel, step, from, end - from);
            for (int i = step.limit() - 1; i >= 0; i--) {
                if (step.get(i) != 0) {
                    return from + i + 1;
                }
            }
            end = from;
            step = ByteBuffer.allocate(STEP_BYTES);
        }
        return 0;
    }

    private static void read(FileChannel channel, ByteBuffer target, int at, int length) throws IOException {
        target.clear().limit(length);
        while (target.hasRemaining()) {
            if (channel.read(target, (long) at + target.position()) < 0) {
                throw new IOException("it became shorter");
            }
        }
    }

    /** Whether records are understood up to the zeros, and the last one is neither a switch nor goes on behind the segment. */
    private static boolean endsThere(FileChannel channel, Path file, SegmentName name, int segmentBytes, int bytes)
            throws IOException {
        SegmentSummarizer summarizer = new SegmentSummarizer(name);
        try {
            String _ = WalSource.copy(file, summarizer);
            return false;
        } catch (PgkeepException e) {
            if (e.code() != ErrorCode.CLUSTER_DAMAGED) {
                throw e;
            }
        }
        Optional<Lsn> reached = summarizer.reached();
        if (reached.isEmpty()) {
            return false;
        }
        int at = Math.toIntExact(reached.get().minus(name.start(segmentBytes)));
        return at >= bytes || isCut(channel, at, bytes);
    }

    /** Whether a record begins before the zeros and ends behind their beginning. */
    private static boolean isCut(FileChannel channel, int at, int bytes) throws IOException {
        ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        // What is not read of it is zero.
        read(channel, length, at, Math.min(Integer.BYTES, bytes - at));
        return at + Integer.toUnsignedLong(length.clear().getInt(0)) > bytes;
    }

    /**
     * Stores it as what it is, a piece; durable when this returns. Nothing if the segment is there already.
     *
     * @throws PgkeepException {@code CONFLICT} when other WAL of the segment is there
     */
    WalArchive.Pushed storeIn(WalArchive wal, Compression compression) {
        Optional<WalArchive.Stored> whole = wal.find(name.toString());
        if (whole.isPresent()) {
            if (!wal.isOf(whole.get(), file, bytes)) {
                throw StreamedSegment.conflict(wal.location(whole.get()), file.toString(), name);
            }
            wal.makeDurable(whole.get());
            return WalArchive.Pushed.ALREADY_THERE;
        }
        wal.pieces().of(name).requireSameBeginning(file, bytes);
        wal.pieces().push(new WalPiece(name, 0, bytes), file, compression);
        return WalArchive.Pushed.STORED;
    }
}
