package org.pgkeep.repository;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * A file to be stored under the hash of its content: read once for the hash, and again to be stored, when it must not have changed.
 * The second time it comes from the system's memory, which costs a tenth of getting a segment's room of our own.
 */
public final class WalSource {
    private static final int STEP_BYTES = 1 << 18;

    private final Path file;
    private final long from;
    private final long to;
    private final Cores cores;
    private final String hash;

    /** Reads the file for its hash. */
    public WalSource(Path file) {
        this(file, Cores.ANY);
    }

    /** The same on one of these cores, as all that is done with the content. */
    WalSource(Path file, Cores cores) {
        this(file, 0, Long.MAX_VALUE, cores);
    }

    /** The same with a part of a file, from one offset up to another. */
    public WalSource(Path file, long from, long to) {
        this(file, from, to, Cores.ANY);
    }

    private WalSource(Path file, long from, long to, Cores cores) {
        this.file = file;
        this.from = from;
        this.to = to;
        this.cores = cores;
        try {
            this.hash = cores.compute(() -> read(OutputStream.nullOutputStream()));
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** XXH3-128 of the content. */
    public String hash() {
        return hash;
    }

    /**
     * Writes the content that has the hash. Thread-safe.
     *
     * @throws PgkeepException {@code FILE_READ} when the file cannot be read again, or is another by now
     * @throws IOException when the target fails
     */
    public void copyTo(OutputStream target) throws IOException {
        if (!cores.compute(() -> read(target)).equals(hash)) {
            throw new PgkeepException(ErrorCode.FILE_READ, file + " changed while it was read");
        }
    }

    /** Gives all of it to a target; which hash it has. */
    private String read(OutputStream target) throws IOException {
        Xxh3.Stream128 sum = Xxh3.stream128();
        byte[] buffer = new byte[STEP_BYTES];
        try (FileChannel channel = open()) {
            long at = from;
            for (int n = next(channel, buffer, at); n > 0; n = next(channel, buffer, at)) {
                sum.put(buffer, 0, n);
                target.write(buffer, 0, n);
                at += n;
            }
        }
        return sum.hex();
    }

    private FileChannel open() {
        try {
            return FileChannel.open(file, StandardOpenOption.READ);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** Fills the buffer as far as one read does; how far, 0 or less at the end. */
    private int next(FileChannel channel, byte[] buffer, long at) {
        int wanted = (int) Math.min(buffer.length, to - at);
        try {
            return wanted == 0 ? 0 : channel.read(ByteBuffer.wrap(buffer, 0, wanted), at);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private PgkeepException failure(IOException e) {
        return PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + file, e);
    }
}
