package org.pgkeep.repository;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.storage.ObjectInfo;

/**
 * What is stored of a segment that is not complete: pieces, which may overlap where a process died while it made one of several. They
 * count as far as they follow on one another from the segment's beginning. A look at one moment.
 */
public final class StreamedSegment {
    private final WalArchive wal;
    private final WalPieces home;
    private final SegmentName segment;
    private final SortedMap<WalPiece, WalArchive.Stored> pieces;

    StreamedSegment(
            WalArchive wal, WalPieces home, SegmentName segment, SortedMap<WalPiece, WalArchive.Stored> pieces) {
        this.wal = wal;
        this.home = home;
        this.segment = segment;
        this.pieces = pieces;
    }

    /** Which it is. */
    public SegmentName segment() {
        return segment;
    }

    /** How many bytes there are from its beginning without a hole. */
    public int end() {
        return endOf(pieces.keySet());
    }

    /** The same by names alone; in order. */
    static int endOf(Iterable<WalPiece> inOrder) {
        int end = 0;
        for (WalPiece piece : inOrder) {
            if (piece.from() <= end) {
                end = Math.max(end, piece.to());
            }
        }
        return end;
    }

    /** The pieces, in order. */
    public List<WalPiece> pieces() {
        return List.copyOf(pieces.keySet());
    }

    /** When the last of them was stored, by the store's clock; empty when there is none, or no more. */
    public Optional<Instant> lastStored() {
        return pieces.values().stream()
                .flatMap(stored -> wal.info(stored).stream())
                .map(ObjectInfo::modified)
                .max(Instant::compareTo);
    }

    /**
     * Writes all there is from the segment's beginning into a new file, proves each piece, and that they agree where they overlap.
     *
     * @return how many bytes that is: {@link #end}
     * @throws PgkeepException {@code DAMAGED}, {@code CONFLICT}, or {@code DAMAGED} when one is gone by now: look again then
     */
    public int copyTo(Path file) throws IOException {
        int end = 0;
        try (OutputStream sink = Files.newOutputStream(file)) {
            for (WalPiece piece : pieces.keySet()) {
                if (piece.from() <= end && piece.to() > end) {
                    long _ = wal.copyTo(pieces.get(piece), new Tail(sink, end - piece.from()));
                    end = piece.to();
                }
            }
        }
        requireSame(file, end);
        return end;
    }

    /** Lets only what comes after so many bytes through. */
    private static final class Tail extends OutputStream {
        private final OutputStream target;
        private int left;

        Tail(OutputStream target, int left) {
            this.target = target;
            this.left = left;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            int skipped = Math.min(left, length);
            left -= skipped;
            target.write(bytes, offset + skipped, length - skipped);
        }
    }

    /**
     * Proves that a file that holds the segment up to some byte holds there what the pieces hold.
     *
     * @param bytes how many of the file count; pieces that go beyond are not looked at
     * @throws PgkeepException {@code CONFLICT} when one holds something else
     */
    public void requireSame(Path file, int bytes) {
        for (WalPiece piece : pieces.keySet()) {
            WalArchive.Stored stored = pieces.get(piece);
            if (piece.to() <= bytes && !wal.isOf(stored, new WalSource(file, piece.from(), piece.to()))) {
                throw conflict(wal.location(stored), "what this server sends, or other pieces", segment);
            }
        }
    }

    /**
     * Proves that a file that holds the segment up to some byte holds there what the pieces hold, also those that go beyond.
     *
     * @throws PgkeepException {@code CONFLICT} when one holds something else
     */
    void requireSameBeginning(Path file, int bytes) {
        pieces.forEach((piece, stored) -> {
            int to = Math.min(piece.to(), bytes);
            if (piece.from() < to
                    && !StoredBeginning.hash(wal, stored, to - piece.from())
                            .equals(new WalSource(file, piece.from(), to).hash())) {
                throw conflict(wal.location(stored), file.toString(), segment);
            }
        });
    }

    /**
     * Proves that a segment that is stored holds what the pieces hold.
     *
     * @throws PgkeepException {@code CONFLICT} when it holds something else, {@code DAMAGED} when it is not what was stored
     */
    public void requireWithin(WalArchive.Stored complete) {
        Ranges ranges = new Ranges(pieces.keySet());
        try {
            long _ = wal.copyTo(complete, ranges);
        } catch (IOException e) {
            throw new PgkeepException(ErrorCode.BUG, "sums in memory fail").causedBy(e);
        }
        pieces.forEach((piece, stored) -> {
            if (!stored.hash().equals(wal.nameHash(stored.file(), ranges.hash(piece)))) {
                throw conflict(wal.location(stored), wal.location(complete), segment);
            }
        });
    }

    /** Sums up the bytes of each piece, of all that is written to it. */
    private static final class Ranges extends OutputStream {
        private final Map<WalPiece, Xxh3.Stream128> sums = new HashMap<>();
        private int at;

        Ranges(Set<WalPiece> pieces) {
            pieces.forEach(piece -> sums.put(piece, Xxh3.stream128()));
        }

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            sums.forEach((piece, sum) -> {
                int from = Math.clamp(piece.from() - at, 0, length);
                int to = Math.clamp(piece.to() - at, 0, length);
                sum.put(bytes, offset + from, to - from);
            });
            at += length;
        }

        String hash(WalPiece piece) {
            return Objects.requireNonNull(sums.get(piece)).hex();
        }
    }

    static PgkeepException conflict(String one, String other, SegmentName segment) {
        return new PgkeepException(
                ErrorCode.CONFLICT,
                one + " holds other WAL of " + segment + " than " + other + "; nothing was overwritten",
                "Two servers write the same timeline: one was restored or set back without a timeline of its own. Register the second"
                        + " one under a name of its own.");
    }

    /** Makes sure that all pieces are durable: whoever stored them may not know yet. */
    public void makeDurable() {
        pieces.values().forEach(wal::makeDurable);
    }

    /** Removes pieces: what they hold is stored otherwise. Those that are gone already are no concern. */
    public void remove(List<WalPiece> which) {
        home.remove(which.stream()
                .flatMap(piece -> Optional.ofNullable(pieces.get(piece)).stream())
                .toList());
    }

    /** All pieces of segments, by segment, as they come. */
    static final class Collector {
        private final WalArchive wal;
        private final WalPieces home;
        private final SortedMap<SegmentName, SortedMap<WalPiece, WalArchive.Stored>> all = new TreeMap<>();

        Collector(WalArchive wal, WalPieces home) {
            this.wal = wal;
            this.home = home;
        }

        /**
         * Takes one.
         *
         * @throws PgkeepException {@code CONFLICT} when the same bytes are stored with two contents
         */
        void add(WalArchive.Stored stored) {
            WalPiece.parse(stored.file()).ifPresent(piece -> {
                WalArchive.Stored other = all.computeIfAbsent(piece.segment(), _ -> new TreeMap<>(WalPiece.IN_ORDER))
                        .put(piece, stored);
                if (other != null && !other.hash().equals(stored.hash())) {
                    throw conflict(wal.location(stored), wal.location(other), piece.segment());
                }
            });
        }

        List<StreamedSegment> segments() {
            List<StreamedSegment> segments = new ArrayList<>();
            all.forEach((segment, pieces) -> segments.add(new StreamedSegment(wal, home, segment, pieces)));
            return segments;
        }
    }
}
