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
    /** What each worker needs besides: a frame as it is stored, on its way and as it is, a part of a file, and a run of pieces. */
    private static final long WORKER_BYTES = 5L << 20;

    /** Of Java's memory the fourth part is left alone. */
    private static final int QUARTERS = 3;

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

    /**
     * How many frames each worker may hold, and has use for; 0 when they are too few for so many sources.
     *
     * @param memoryBytes what Java may take
     * @param tableBytes what the table of files takes of it
     */
    static int capacity(int sources, int workers, long memoryBytes, long tableBytes) {
        long rest = memoryBytes / 4 * QUARTERS - OpenPacks.INDEX_BYTES_MAX - tableBytes - workers * WORKER_BYTES;
        long most = Math.max(0, rest) / workers / FrameCodec.CONTENT_BYTES_MAX;
        return most > sources ? (int) Math.min(most, (long) FOR_EACH_SOURCE * sources) : 0;
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
