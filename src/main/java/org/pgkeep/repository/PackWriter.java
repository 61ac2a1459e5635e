package org.pgkeep.repository;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pgkeep.codec.Algorithm;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectWriter;

/** Writes one pack, frame after frame; visible and durable after {@link #finish}. For one thread. */
final class PackWriter implements AutoCloseable {
    private final int number;
    private final ObjectWriter target;
    private final List<Frame> frames = new ArrayList<>();
    private long indexBytes;

    PackWriter(int number, ObjectWriter target) {
        this.number = number;
        this.target = target;
        target.write(PackFormat.header());
    }

    int number() {
        return number;
    }

    int frameCount() {
        return frames.size();
    }

    /** Whether it should end here: the index of a longer one would not fit into a reader's memory. */
    boolean isFull() {
        return frames.size() >= PackFormat.FRAMES_MAX || indexBytes >= PackFormat.INDEX_BYTES_MAX / 2;
    }

    long size() {
        return target.size();
    }

    void append(byte[] stored, int length, Algorithm form, List<Part> parts, long[] blockHashes, int blocks) {
        long offset = target.size();
        long hash = Xxh3.hash(stored, 0, length);
        target.write(ByteBuffer.wrap(stored, 0, length));
        add(new Frame(offset, length, form, hash, parts, Arrays.copyOf(blockHashes, blocks)));
    }

    /** Takes a frame over from another pack, as it is stored there. */
    void copy(Frame frame, ByteBuffer stored) {
        add(frame.at(target.size()));
        target.write(stored);
    }

    /** Keeps a frame's number free. */
    void drop() {
        add(Frame.dropped(target.size()));
    }

    private void add(Frame frame) {
        frames.add(frame);
        indexBytes += PackFormat.indexBytes(frame);
    }

    void finish() {
        target.write(PackFormat.end(frames, target.size()));
        if (!target.commit()) {
            throw new PgkeepException(ErrorCode.CONFLICT, "another process writes or changes pack " + number + ", too");
        }
    }

    @Override
    public void close() {
        target.close();
    }
}
