package org.pgkeep.repository;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.pgkeep.codec.Compression;
import org.pgkeep.codec.StreamCodec;
import org.pgkeep.codec.WholeCodec;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectWriter;

/**
 * A file to be stored under the hash of its content. Where there is {@link SegmentMemory} it is read once into that. Else it is read for the
 * hash, by a {@link SegmentReading} while it is compressed; and again for each other use, when it must not have changed: it comes from the system's
 * memory then, which costs a tenth of getting a segment's room of our own.
 */
public final class WalSource {
    private static final int STEP_BYTES = 1 << 17;

    private final Path file;
    private final long from;
    private final long to;
    private final Cores.Core core;
    private @Nullable SegmentMemory held;
    private @Nullable PackedPieces packed;
    private final String hash;

    /** Reads the file for its hash. */
    public WalSource(Path file) {
        this(file, 0, Long.MAX_VALUE);
    }

    /** The same with a part of a file, from one offset up to another. */
    public WalSource(Path file, long from, long to) {
        this(file, from, to, Cores.ANY, OutputStream.nullOutputStream());
    }

    /**
     * Reads the file for its hash on one of these cores, which is kept until it is released.
     *
     * @param beside gets the content, too
     */
    WalSource(Path file, Cores cores, OutputStream beside) {
        this(file, 0, Long.MAX_VALUE, cores, beside);
    }

    /** A segment that is being read; waits until it is. */
    WalSource(SegmentReading reading) {
        this.file = reading.file();
        this.from = 0;
        this.to = Long.MAX_VALUE;
        this.core = Cores.ANY.take();
        this.hash = reading.complete();
        this.packed = reading.packed().orElse(null);
    }

    private WalSource(Path file, long from, long to, Cores cores, OutputStream beside) {
        this.file = file;
        this.from = from;
        this.to = to;
        this.core = cores.take();
        boolean read = false;
        try (FileChannel channel = open()) {
            long bytes = Math.min(to, channel.size()) - from;
            SegmentMemory memory = bytes <= SegmentMemory.BYTES_MAX ? core.memory() : null;
            this.held = memory;
            this.hash = memory == null
                    ? read(channel, beside)
                    : memory.read(file, channel, from, Math.toIntExact(bytes), beside);
            read = true;
        } catch (IOException e) {
            throw failure(file, e);
        } finally {
            if (!read) {
                core.release();
            }
        }
    }

    /** Gives a file's content to a target; which hash it has. */
    static String copy(Path file, OutputStream target) throws IOException {
        try (FileChannel channel = open(file)) {
            return read(file, channel, 0, Long.MAX_VALUE, target);
        }
    }

    /** XXH3-128 of the content. */
    public String hash() {
        return hash;
    }

    /** Whether it is in memory, for one at a time. */
    boolean isHeld() {
        return held != null;
    }

    /** Gives the core back, and the memory: whoever uses the content after that reads the file again. */
    void release() {
        held = null;
        packed = null;
        core.release();
    }

    /**
     * Writes the content that has the hash. Thread-safe, unless it is held.
     *
     * @throws PgkeepException {@code FILE_READ} when the file cannot be read again, or is another by now
     * @throws IOException when the target fails
     */
    void copyTo(OutputStream target) throws IOException {
        SegmentMemory memory = held;
        if (memory != null) {
            target.write(memory.content(), 0, memory.length());
            return;
        }
        try (FileChannel channel = open()) {
            if (!read(channel, target).equals(hash)) {
                throw new PgkeepException(ErrorCode.FILE_READ, file + " changed while it was read");
            }
        }
    }

    /**
     * Writes the content that has the hash, compressed.
     *
     * @throws PgkeepException as {@link #copyTo}
     */
    void compressTo(ObjectWriter target, Compression compression) {
        SegmentMemory memory = held;
        if (memory != null && WholeCodec.serves(compression)) {
            writeInSteps(memory.compressed(compression), target);
            return;
        }
        PackedPieces already = packed;
        if (already != null && already.isBy(compression)) {
            already.writeTo(target);
            return;
        }
        try (OutputStream sink = StreamCodec.compressing(
                new BufferedOutputStream(new ObjectStreams.Output(target), STEP_BYTES), compression)) {
            copyTo(sink);
        } catch (IOException e) {
            throw new PgkeepException(ErrorCode.STORAGE, "cannot compress a WAL file: " + e.getMessage()).causedBy(e);
        }
    }

    /** A channel keeps a buffer for each thread, as long as the longest that it was given. */
    private static void writeInSteps(ByteBuffer content, ObjectWriter target) {
        int end = content.limit();
        while (content.position() < end) {
            content.limit(Math.min(end, content.position() + STEP_BYTES));
            target.write(content);
        }
    }

    /** Gives all of it to a target; which hash it has. */
    private String read(FileChannel channel, OutputStream target) throws IOException {
        return read(file, channel, from, to, target);
    }

    private static String read(Path file, FileChannel channel, long from, long to, OutputStream target)
            throws IOException {
        Xxh3.Stream128 sum = Xxh3.stream128();
        byte[] buffer = new byte[STEP_BYTES];
        long at = from;
        for (int n = next(file, channel, buffer, at, to); n > 0; n = next(file, channel, buffer, at, to)) {
            sum.put(buffer, 0, n);
            target.write(buffer, 0, n);
            at += n;
        }
        return sum.hex();
    }

    private FileChannel open() {
        return open(file);
    }

    private static FileChannel open(Path file) {
        try {
            return FileChannel.open(file, StandardOpenOption.READ);
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    /** Fills the buffer as far as one read does; how far, 0 or less at the end. */
    private static int next(Path file, FileChannel channel, byte[] buffer, long at, long to) {
        int wanted = (int) Math.min(buffer.length, to - at);
        try {
            return wanted == 0 ? 0 : channel.read(ByteBuffer.wrap(buffer, 0, wanted), at);
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    private static PgkeepException failure(Path file, IOException e) {
        return PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + file, e);
    }
}
