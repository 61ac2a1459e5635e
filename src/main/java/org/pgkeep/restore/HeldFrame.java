package org.pgkeep.restore;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Frame;

/** A frame that {@link FrameCache} holds, as far as it was read. Thread-safe. */
final class HeldFrame {
    /**
     * Which one.
     *
     * @param store that has its pack
     * @param number see {@link Piece}
     */
    record Key(ClusterStore store, long number) {}

    /** What its pack's index says of it, and where the pack is, for messages. */
    record Description(Frame frame, String location) {}

    private final Key key;

    /** Who reads it has this; the others wait. */
    private final ReentrantLock reading = new ReentrantLock();

    private volatile @Nullable Description description;
    private volatile byte @Nullable [] content;

    /** Guarded by the cache. */
    private int users;

    HeldFrame(Key key) {
        this.key = key;
    }

    Key key() {
        return key;
    }

    ReentrantLock reading() {
        return reading;
    }

    /** Once it was read. */
    @Nullable
    Description description() {
        return description;
    }

    /** Once it was read; nobody changes it. */
    byte @Nullable [] content() {
        return content;
    }

    void describe(Description found) {
        description = found;
    }

    void fill(byte[] read) {
        content = read;
    }

    void take() {
        users++;
    }

    void release() {
        users--;
    }

    boolean isInUse() {
        return users > 0;
    }
}
