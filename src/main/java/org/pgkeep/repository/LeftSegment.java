package org.pgkeep.repository;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ArchiveFileName;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.TimelineHistory;

/**
 * A segment in the middle of which its server left the timeline. A standby with {@code archive_mode = always} archives it as if it were
 * complete once it has followed its upstream server to a new timeline ({@code WalReceiverMain}, {@code walreceiver.c}). Behind the switch
 * it holds what the recycled file held before, which is another thing on each standby, and nobody's WAL.
 *
 * @param file in {@code pg_wal}
 * @param bytes how many of it are WAL of the server's own line
 */
record LeftSegment(Path file, SegmentName name, long bytes) {
    /** By the histories beside the file, which are the server's own; empty when none of them leaves the timeline within this segment. */
    static Optional<LeftSegment> of(Path file, SegmentName name) {
        try {
            Path directory = file.toAbsolutePath().getParent();
            long segmentBytes = Files.size(file);
            Lsn start = name.start((int) segmentBytes);
            long bytes = 0;
            if (directory != null) {
                try (DirectoryStream<Path> histories = Files.newDirectoryStream(directory, "*.history")) {
                    for (Path history : histories) {
                        long here = leftAt(history, name.timeline())
                                .map(end -> end.minus(start))
                                .orElse(0L);
                        // The later one: who has more in common with what is stored has what is asked for here as well.
                        bytes = here < segmentBytes ? Math.max(bytes, here) : bytes;
                    }
                }
            }
            return bytes > 0 ? Optional.of(new LeftSegment(file, name, bytes)) : Optional.empty();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read the timeline histories beside " + file, e);
        }
    }

    private static Optional<Lsn> leftAt(Path history, int timeline) throws IOException {
        Optional<ArchiveFileName> name = ArchiveFileName.parse(String.valueOf(history.getFileName()));
        if (name.isPresent() && name.get() instanceof ArchiveFileName.History of) {
            return TimelineHistory.parse(of.timeline(), Files.readString(history, StandardCharsets.ISO_8859_1))
                    .endOf(timeline);
        }
        return Optional.empty();
    }

    /**
     * Whether the content that is stored under the segment's name is the same up to the switch.
     *
     * @throws PgkeepException {@code CONFLICT} when two are stored that differ before it, {@code DAMAGED} when what is stored is not what
     *     was
     */
    Optional<WalArchive.Stored> storedAs(WalArchive wal) {
        return wal.find(name.toString()).filter(stored -> wal.isOf(stored, file, bytes));
    }
}
