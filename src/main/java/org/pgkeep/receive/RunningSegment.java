package org.pgkeep.receive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.pgkeep.codec.Compression;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.repository.StreamedSegment;
import org.pgkeep.repository.WalArchive;
import org.pgkeep.repository.WalPiece;

/**
 * The segment that is being received: all that came is in a file of this machine, what is durable is in pieces in the repository. Bytes
 * that an earlier run stored come again, and are compared. Filled by one thread; others may ask how much is durable.
 */
final class RunningSegment implements AutoCloseable {
    private final WalArchive wal;
    private final SegmentName segment;
    private final int segmentBytes;
    private final Compression compression;
    private final Path file;
    private final FileChannel channel;
    private final StreamedSegment earlier;
    private final PieceList pieces;
    private boolean compared;
    private int received;
    private volatile int durable;

    private RunningSegment(
            WalArchive wal,
            SegmentName segment,
            int segmentBytes,
            Compression compression,
            StreamedSegment earlier,
            Path file,
            FileChannel channel) {
        this.wal = wal;
        this.segment = segment;
        this.segmentBytes = segmentBytes;
        this.compression = compression;
        this.file = file;
        this.channel = channel;
        this.earlier = earlier;
        this.pieces = new PieceList(earlier.pieces());
        this.compared = earlier.pieces().isEmpty();
    }

    /** Begins one, whose file is made in this directory. */
    static RunningSegment begin(
            WalArchive wal, SegmentName segment, int segmentBytes, Compression compression, Path directory) {
        StreamedSegment earlier = wal.pieces().of(segment);
        Path file = directory.resolve(segment.toString());
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
            return new RunningSegment(wal, segment, segmentBytes, compression, earlier, file, channel);
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    private static PgkeepException failure(Path file, IOException e) {
        return PgkeepException.ofIo(ErrorCode.FILE_WRITE, "write " + file, e);
    }

    SegmentName segment() {
        return segment;
    }

    /** What came of it so far. */
    Path file() {
        return file;
    }

    /** The LSN behind what is in the repository for certain; its beginning when nothing is. */
    Lsn durableEnd() {
        return segment.start(segmentBytes).plus(durable);
    }

    /** Whether all of it, to the segment's end, is. */
    boolean isAllDurable() {
        return durable == segmentBytes;
    }

    /** How many bytes wait to be made durable; none as long as what comes was stored before. */
    int waiting() {
        return !compared && received < earlier.end() ? 0 : received - durable;
    }

    void take(int offset, ByteBuffer bytes) {
        if (offset != received) {
            throw new PgkeepException(
                    ErrorCode.BUG, segment + ": byte " + offset + " came where " + received + " was next");
        }
        int count = bytes.remaining();
        try {
            while (bytes.hasRemaining()) {
                int _ = channel.write(bytes, received + (count - bytes.remaining()));
            }
        } catch (IOException e) {
            throw failure(file, e);
        }
        received += count;
    }

    /**
     * Makes everything that came durable.
     *
     * @return pieces that hold nothing alone any more; whoever waits for a commit need not wait for their removal
     * @throws PgkeepException {@code CONFLICT} when what an earlier run stored is something else
     */
    List<WalPiece> flush() {
        if (!compared) {
            if (received < earlier.end()) {
                return List.of();
            }
            earlier.requireSame(file, received);
            // Whoever stored them may have died before they were durable.
            earlier.makeDurable();
            compared = true;
            durable = earlier.end();
        }
        if (received == durable) {
            return List.of();
        }
        PieceList.Next next = pieces.next(segment, durable, received);
        wal.pieces().push(next.piece(), file, compression);
        durable = received;
        return next.folded();
    }

    /** Removes pieces from the repository. Thread-safe. */
    void remove(List<WalPiece> folded) {
        wal.pieces().of(segment).remove(folded);
    }

    /** The whole segment is stored. */
    void stored() {
        durable = segmentBytes;
        StreamedSegment now = wal.pieces().of(segment);
        now.remove(now.pieces());
    }

    /** Removes the file. */
    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "remove " + file, e);
        }
    }
}
