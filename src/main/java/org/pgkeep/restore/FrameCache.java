package org.pgkeep.restore;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pgkeep.codec.FrameCodec;

/**
 * The frames that were used last, held for all workers: a part of a file needs one of each source, and the parts that follow, which others
 * work on, mostly the same. Thread-safe.
 */
final class FrameCache {
    private final int capacity;
    private final Map<HeldFrame.Key, HeldFrame> held;
    private final Deque<byte[]> rooms = new ArrayDeque<>();

    /** For so many; for more only while more are in use. */
    FrameCache(int capacity) {
        this.capacity = capacity;
        this.held = new LinkedHashMap<>(2 * capacity, 0.75f, true);
    }

    /** A frame, which must be given back with {@link #release}. */
    synchronized HeldFrame take(HeldFrame.Key key) {
        HeldFrame frame = held.get(key);
        if (frame == null) {
            makeRoom();
            frame = new HeldFrame(key);
            held.put(key, frame);
        }
        frame.take();
        return frame;
    }

    private void makeRoom() {
        Iterator<HeldFrame> oldest = held.values().iterator();
        while (held.size() >= capacity && oldest.hasNext()) {
            HeldFrame frame = oldest.next();
            if (!frame.isInUse()) {
                oldest.remove();
                byte[] room = frame.room();
                if (room != null) {
                    rooms.add(room);
                }
            }
        }
    }

    /** Who took it needs it no more. */
    synchronized void release(HeldFrame frame) {
        frame.release();
    }

    /** Memory for a frame's content. */
    synchronized byte[] room() {
        byte[] room = rooms.poll();
        return room != null ? room : new byte[FrameCodec.CONTENT_BYTES_MAX];
    }

    /** It is not needed. */
    synchronized void giveBack(byte[] room) {
        rooms.add(room);
    }
}
