package org.pgkeep.restore;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.pgkeep.codec.FrameCodec;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.PackReader;

/**
 * One worker's way to the frames of many packs: those that it used last are held, because a part of a file needs one of each source, and the
 * next part mostly the same. For one thread.
 */
final class FrameCache {
    /** What each worker needs besides: a frame as it is stored and as it is, and a part of a file. */
    private static final long WORKER_BYTES = 4L << 20;

    /** What else is in Java's memory: the table of files, and indexes of packs. */
    private static final long OTHER_BYTES = (64L << 20) + OpenPacks.INDEX_BYTES_MAX;

    /** Two for each source: where small files are, two workers of the backup took turns. */
    private static final int FOR_EACH_SOURCE = 2;

    private final OpenPacks packs;
    private final Spares spares;
    private final PackReader.FrameBuffer buffer;
    private final int capacity;
    private final Map<Long, byte[]> held;

    /**
     * Nothing is held.
     *
     * @param spares asked for frames that are damaged
     */
    FrameCache(OpenPacks packs, Spares spares, PackReader.FrameBuffer buffer, int capacity) {
        this.packs = packs;
        this.spares = spares;
        this.buffer = buffer;
        this.capacity = capacity;
        this.held = new LinkedHashMap<>(2 * capacity, 0.75f, true);
    }

    /** In which order pieces from so many sources are best worked off by so many workers. */
    static PieceOrder order(int sources, int workers) {
        return sources > 1 && capacity(sources, workers) >= sources + 1 ? PieceOrder.FILES : PieceOrder.FRAMES;
    }

    /** How many frames each worker may hold, and has use for. */
    static int capacity(int sources, int workers) {
        long most = capacity(Runtime.getRuntime().maxMemory(), workers);
        return (int) Math.min(most, (long) FOR_EACH_SOURCE * sources);
    }

    private static long capacity(long memoryBytes, int workers) {
        return Math.max(0, memoryBytes - OTHER_BYTES - workers * WORKER_BYTES) / workers / FrameCodec.CONTENT_BYTES_MAX;
    }

    /**
     * Does something with the pack of a frame; after an error that says that it is damaged again, with the same pack of another repository.
     * So nothing may have changed before that.
     */
    <T> T withPack(long frame, Function<PackReader, T> work) {
        SharedPack pack = packs.take(frame);
        try {
            try {
                return work.apply(pack.reader());
            } catch (PgkeepException e) {
                return spares.instead(e, other -> work.apply(pack.reader(other)));
            }
        } finally {
            packs.release(pack);
        }
    }

    /** A frame's content, proved; valid until another is asked for. */
    byte[] content(PackReader pack, long frame) {
        byte[] known = held.get(frame);
        if (known != null) {
            return known;
        }
        pack.read(Piece.frame(frame), buffer);
        byte[] content = buffer.exchange(room());
        held.put(frame, content);
        return content;
    }

    private byte[] room() {
        if (held.size() < capacity) {
            return new byte[FrameCodec.CONTENT_BYTES_MAX];
        }
        Iterator<byte[]> oldest = held.values().iterator();
        byte[] room = oldest.next();
        oldest.remove();
        return room;
    }
}
