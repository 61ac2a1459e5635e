package org.pgkeep.restore;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.PgkeepException;
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
    private volatile @Nullable PgkeepException failure;

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

    /**
     * Once it was read; nobody changes it.
     *
     * @throws PgkeepException why it cannot be read: it is not tried again for each of its pieces
     */
    byte @Nullable [] content() {
        PgkeepException why = failure;
        if (why != null) {
            throw why;
        }
        return content;
    }

    /** Its memory, if it has any. */
    byte @Nullable [] room() {
        return content;
    }

    void describe(Description found) {
        description = found;
    }

    void fill(byte[] read) {
        content = read;
    }

    void fail(PgkeepException why) {
        failure = why;
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
