package org.pgkeep.restore;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;

/** The packs that were used last, kept open as far as there is memory for their indexes. Thread-safe. */
final class OpenPacks implements AutoCloseable {
    /** Of one that is being opened, which nobody knows yet. */
    private static final long INDEX_BYTES_USUAL = 2L << 20;

    /** Of descriptors. */
    private static final int OPEN_MAX = 256;

    private final ClusterStore cluster;
    private final List<Label> sources;
    private final long indexBytesMax;
    private final int openMax;
    private final Map<Long, SharedPack> open = new LinkedHashMap<>(2 * OPEN_MAX, 0.75f, true);

    /**
     * None are open yet.
     *
     * @param sources whose packs the pieces count, from 1
     * @param indexBytesMax what their indexes may take, but for those that are in use
     */
    OpenPacks(ClusterStore cluster, List<Label> sources, long indexBytesMax) {
        this(cluster, sources, indexBytesMax, OPEN_MAX);
    }

    /** At most so many, from 1, besides those in use. */
    OpenPacks(ClusterStore cluster, List<Label> sources, long indexBytesMax, int openMax) {
        this.cluster = cluster;
        this.sources = sources;
        this.indexBytesMax = indexBytesMax;
        this.openMax = openMax;
    }

    /** The pack of a frame, which must be given back with {@link #release}. */
    synchronized SharedPack take(long frame) {
        SharedPack pack = open.get(Piece.packOf(frame));
        if (pack == null) {
            makeRoom();
            pack = new SharedPack(cluster, sources.get(Piece.source(frame) - 1), Piece.pack(frame));
            open.put(Piece.packOf(frame), pack);
        }
        pack.take();
        return pack;
    }

    private void makeRoom() {
        long bytes = 0;
        for (SharedPack pack : open.values()) {
            bytes += weight(pack);
        }
        Iterator<SharedPack> oldest = open.values().iterator();
        // What is in use stays: the next who needs it would open it a second time.
        while (oldest.hasNext() && (open.size() >= openMax || bytes > indexBytesMax)) {
            SharedPack pack = oldest.next();
            if (!pack.isInUse()) {
                bytes -= weight(pack);
                oldest.remove();
                pack.release();
            }
        }
    }

    private static long weight(SharedPack pack) {
        return pack.isOpen() ? pack.indexBytes() : INDEX_BYTES_USUAL;
    }

    /** Who took it needs it no more. */
    synchronized void release(SharedPack pack) {
        pack.release();
    }

    @Override
    public synchronized void close() {
        open.values().forEach(SharedPack::release);
        open.clear();
    }
}
