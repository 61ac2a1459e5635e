package org.pgkeep.repository;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.OptionalLong;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;

/**
 * The first bytes of what is stored under a segment's name. Of a segment in which the timeline was left only they are WAL ({@link
 * LeftSegment}), and two standbys that follow the same server at the same moment store two contents that differ behind them.
 */
final class StoredBeginning {
    private StoredBeginning() {}

    /**
     * Whether contents that are stored under one segment's name are the same up to where its timeline was left, as the histories in the
     * archive tell; then it does not matter which of them is read. One that cannot be read is the same as none.
     *
     * @throws PgkeepException {@code CONFLICT}, {@code DAMAGED} or {@code CLUSTER_DAMAGED} when a history cannot be read
     */
    static boolean isOne(WalArchive wal, SegmentName segment, List<WalArchive.Stored> contents) {
        List<Lsn> departures = wal.departures(segment.timeline());
        if (departures.isEmpty()) {
            return false;
        }
        try {
            int segmentBytes = wal.header(contents.getFirst()).segmentBytes();
            Lsn start = segment.start(segmentBytes);
            // The last of several switches: who has that much in common has what is wanted up to each of them.
            OptionalLong bytes = departures.stream()
                    .mapToLong(end -> end.minus(start))
                    .filter(length -> length > 0 && length < segmentBytes)
                    .max();
            return bytes.isPresent()
                    && contents.stream()
                                    .map(stored -> hash(wal, stored, bytes.getAsLong()))
                                    .distinct()
                                    .count()
                            == 1;
        } catch (PgkeepException e) {
            if (e.code() != ErrorCode.DAMAGED && e.code() != ErrorCode.CLUSTER_DAMAGED) {
                throw e;
            }
            return false;
        }
    }

    /**
     * XXH3-128 of so many bytes of a stored file, or of all if there are fewer.
     *
     * @throws PgkeepException {@code DAMAGED} when it is not what was stored
     */
    static String hash(WalArchive wal, WalArchive.Stored stored, long bytes) {
        Sum sum = new Sum(bytes);
        try {
            long _ = wal.copyTo(stored, sum);
        } catch (IOException e) {
            throw new PgkeepException(ErrorCode.BUG, "a sum in memory fails").causedBy(e);
        }
        return sum.hash.hex();
    }

    /** Sums up so many bytes, and lets all others go. */
    private static final class Sum extends OutputStream {
        private final Xxh3.Stream128 hash = Xxh3.stream128();
        private long left;

        Sum(long bytes) {
            this.left = bytes;
        }

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            int counted = (int) Math.min(left, length);
            hash.put(bytes, offset, counted);
            left -= counted;
        }
    }
}
