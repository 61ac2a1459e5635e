package org.pgkeep.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.WalHeader;
import org.pgkeep.repository.SegmentCheck;
import org.pgkeep.repository.StreamedSegment;
import org.pgkeep.repository.WalArchive;

/**
 * The end of the archive where WAL is streamed: of the segment that was not complete, what came of it, and zeros behind it, where recovery
 * finds the end of WAL, as in a segment of {@code pg_wal} after a crash.
 *
 * <p>Not when a newer timeline left this one at or before that end: what PostgreSQL needs then is the newer one's segment, and it would
 * replay beyond the fork.
 *
 * @param leftAt where a newer timeline left this one's
 */
record StreamedPart(WalArchive wal, SegmentCheck check, SegmentName segment, Path target, Optional<Lsn> leftAt) {
    private static final int TRIES = 3;

    /** Brings it to the target; empty when nothing was streamed. */
    Optional<ArchiveGet.Result> get() {
        for (int tried = 1; ; tried++) {
            StreamedSegment streamed = wal.pieces().of(segment);
            if (streamed.end() < WalHeader.BYTES) {
                return Optional.empty();
            }
            try {
                return Optional.of(get(streamed));
            } catch (PgkeepException e) {
                // A receiver put pieces together meanwhile.
                boolean moved = e.code() == ErrorCode.DAMAGED
                        && !wal.pieces().of(segment).pieces().equals(streamed.pieces());
                if (!moved || tried == TRIES) {
                    throw e;
                }
            }
        }
    }

    private ArchiveGet.Result get(StreamedSegment streamed) {
        Path temporary = ArchiveGet.beside(target);
        try {
            int end = streamed.copyTo(temporary);
            int segmentBytes = header(temporary).segmentBytes();
            Lsn endLsn = segment.start(segmentBytes).plus(end);
            Optional<Lsn> left = leftAt.filter(lsn -> !endLsn.isBefore(lsn));
            if (left.isPresent()) {
                return new ArchiveGet.Result.Missing(
                        segment.toString(),
                        Optional.of(segment + " is not in the archive, only a part of it that was streamed up to "
                                + endLsn + ", and its timeline was left at " + left.get()));
            }
            lengthen(temporary, segmentBytes);
            check.require(temporary, segment);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            return new ArchiveGet.Result.Fetched(segment.toString(), end);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "write " + target, e);
        } finally {
            ArchiveGet.delete(temporary);
        }
    }

    private WalHeader header(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer start = ByteBuffer.allocate(WalHeader.BYTES);
            int _ = channel.read(start);
            return WalHeader.parse(start.array(), file.toString());
        }
    }

    private static void lengthen(Path file, int bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            if (channel.size() < bytes) {
                int _ = channel.write(ByteBuffer.allocate(1), bytes - 1L);
            }
        }
    }
}
