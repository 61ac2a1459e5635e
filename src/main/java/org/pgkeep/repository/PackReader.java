package org.pgkeep.repository;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pgkeep.codec.Compression;
import org.pgkeep.codec.FrameCodec;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectReader;

/** Reads one pack. Thread-safe: each thread brings its own {@link FrameBuffer}. */
public final class PackReader implements AutoCloseable {
    private final ObjectReader source;
    private final String location;
    private final List<Frame> frames;

    PackReader(ObjectReader source, String location) {
        this.source = source;
        this.location = location;
        try {
            this.frames = PackFormat.readIndex(source, location);
        } catch (RuntimeException e) {
            source.close();
            throw e;
        }
    }

    /** Its frames, in order. */
    public List<Frame> frames() {
        return frames;
    }

    /** Length of the whole pack in bytes. */
    public long size() {
        return source.size();
    }

    /** About how much memory its index takes, in bytes. */
    public long indexBytes() {
        long bytes = 0;
        for (Frame frame : frames) {
            bytes += frame.indexBytes();
        }
        return bytes;
    }

    /** Where it is, for messages. */
    public String location() {
        return location;
    }

    /** The frame with this number. */
    public Frame frame(int number) {
        if (number < 0 || number >= frames.size()) {
            throw new PgkeepException(
                    ErrorCode.DAMAGED, location + " has no frame " + number + ", only " + frames.size());
        }
        return frames.get(number);
    }

    /**
     * Reads a frame's content into the buffer and proves it: the hash of the stored bytes, the length, the hash of every block.
     *
     * @throws PgkeepException {@code DAMAGED}, naming pack, frame and files
     */
    public void read(int number, FrameBuffer buffer) {
        read(number, buffer, buffer.content());
    }

    /**
     * The same into memory of one's own.
     *
     * @param content {@link FrameCodec#CONTENT_BYTES_MAX} long
     */
    public void read(int number, FrameBuffer buffer, byte[] content) {
        Frame frame = frame(number);
        if (frame.isDropped()) {
            throw damaged(number, frame, "is gone: no backup named it");
        }
        readStored(number, frame, buffer);
        int length = frame.contentBlocks() * Blocks.BYTES;
        if (!buffer.codec.expand(frame.form(), buffer.stored, 0, frame.storedBytes(), content, length)) {
            throw damaged(number, frame, "cannot be expanded");
        }
        for (int i = 0; i < frame.contentBlocks(); i++) {
            if (Blocks.hash(content, i * Blocks.BYTES) != frame.blockHash(i)) {
                throw damaged(number, frame, "has another content than its index says, in block " + i);
            }
        }
    }

    /** Proves the stored bytes of a frame without expanding them. */
    public void scrub(int number, FrameBuffer buffer) {
        stored(number, buffer);
    }

    /** The stored bytes of a frame, proved; valid until the buffer is used again. */
    ByteBuffer stored(int number, FrameBuffer buffer) {
        Frame frame = frame(number);
        if (!frame.isDropped()) {
            readStored(number, frame, buffer);
        }
        return ByteBuffer.wrap(buffer.stored, 0, frame.storedBytes());
    }

    private void readStored(int number, Frame frame, FrameBuffer buffer) {
        source.read(frame.offset(), ByteBuffer.wrap(buffer.stored, 0, frame.storedBytes()));
        if (Xxh3.hash(buffer.stored, 0, frame.storedBytes()) != frame.storedHash()) {
            throw damaged(number, frame, "is damaged");
        }
    }

    private PgkeepException damaged(int number, Frame frame, String how) {
        return new PgkeepException(
                ErrorCode.DAMAGED,
                location + ": frame " + number + " at byte " + frame.offset() + " (" + frame.holds() + ") " + how,
                "Run 'pgkeep verify' to see which backups are affected.");
    }

    @Override
    public void close() {
        source.close();
    }

    /** What one thread needs to read frames; reused from frame to frame. */
    public static final class FrameBuffer implements AutoCloseable {
        private final byte[] stored = new byte[FrameCodec.STORED_BYTES_MAX];
        private final FrameCodec codec = new FrameCodec(Compression.NONE);
        private byte @Nullable [] content;

        /** The content that was read last; there is none before it is needed. */
        public byte[] content() {
            byte[] known = content;
            if (known == null) {
                known = new byte[FrameCodec.CONTENT_BYTES_MAX];
                content = known;
            }
            return known;
        }

        @Override
        public void close() {
            codec.close();
        }
    }
}
