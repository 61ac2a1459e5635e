package org.pgkeep.repository;

import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.pgkeep.codec.Compression;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectWriter;
import org.pgkeep.storage.Storage;

/** Pieces of segments that are streamed and not complete yet, each beside where its segment will be ({@code docs/formats/wal.md}). Thread-safe. */
public final class WalPieces {
    private final WalArchive wal;
    private final Storage storage;
    private final String root;

    WalPieces(WalArchive wal, Storage storage, String root) {
        this.wal = wal;
        this.storage = storage;
        this.root = root;
    }

    /**
     * Stores the bytes of a segment from one offset to another; durable when this returns. Without a look at what is there, for commits
     * wait for it: other content under the same offsets gets a name of its own, and is a conflict for who reads them.
     *
     * @param file holds the segment from its beginning
     */
    public void push(WalPiece piece, Path file, Compression compression) {
        WalSource content = new WalSource(file, piece.from(), piece.to());
        String name = piece.toString();
        WalArchive.Stored stored = wal.fresh(name, wal.nameHash(name, content.hash()), compression.algorithm());
        try (ObjectWriter target = storage.write(stored.object())) {
            content.compressTo(target, compression);
            // False when another process stored the same: it is durable then as well.
            boolean _ = target.commit();
        }
    }

    /**
     * Those of a segment; none when nothing was streamed of it.
     *
     * @throws org.pgkeep.error.PgkeepException {@code CONFLICT} when the same bytes of a segment beside it are stored with two contents
     */
    public StreamedSegment of(SegmentName segment) {
        return beside(segment).stream()
                .filter(streamed -> streamed.segment().equals(segment))
                .findFirst()
                .orElseGet(() -> new StreamedSegment(wal, this, segment, new TreeMap<>(WalPiece.IN_ORDER)));
    }

    /**
     * Those of the segments that are, or would be, in the same folder as this one, in order.
     *
     * @throws org.pgkeep.error.PgkeepException {@code CONFLICT} when the same bytes are stored with two contents
     */
    public List<StreamedSegment> beside(SegmentName segment) {
        String folder = root + "/" + segment.folder();
        StreamedSegment.Collector collector = new StreamedSegment.Collector(wal, this);
        try (Stream<String> names = storage.names(folder)) {
            names.filter(name -> name.contains(WalPiece.MARK))
                    .forEach(name ->
                            WalArchive.stored(ObjectName.of(folder, name)).ifPresent(collector::add));
        }
        return collector.segments();
    }

    void remove(List<WalArchive.Stored> stored) {
        List<ObjectName> _ =
                storage.deleteAll(stored.stream().map(WalArchive.Stored::object).toList());
    }
}
