package org.pgkeep.repository;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * A file to be stored under the hash of its content: read once for the hash, and again to be stored, when it must not have changed.
 * The second time it comes from the system's memory, which costs a tenth of getting a segment's room of our own. That it is the same
 * is told by CRC-32C: every processor computes it at once, while XXH3 has to be compiled first, by a process that lives for a tenth of
 * a second.
 */
public final class WalSource {
    private static final int STEP_BYTES = 1 << 18;

    private final Path file;
    private final String hash;
    private final long checksum;

    /** Reads the file for its hash. */
    public WalSource(Path file) {
        this.file = file;
        Xxh3.Stream128 sum = Xxh3.stream128();
        try {
            this.checksum = read(sum::put);
        } catch (IOException e) {
            throw failure(e);
        }
        this.hash = sum.hex();
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
        if (read(target::write) != checksum) {
            throw new PgkeepException(ErrorCode.FILE_READ, file + " changed while it was read");
        }
    }

    private interface Step {
        void take(byte[] bytes, int offset, int length) throws IOException;
    }

    /** Reads all; gives its checksum. */
    private long read(Step step) throws IOException {
        CRC32C sum = new CRC32C();
        byte[] buffer = new byte[STEP_BYTES];
        try (FileChannel channel = open()) {
            for (int n = next(channel, buffer); n >= 0; n = next(channel, buffer)) {
                sum.update(buffer, 0, n);
                step.take(buffer, 0, n);
            }
        }
        return sum.getValue();
    }

    private FileChannel open() {
        try {
            return FileChannel.open(file, StandardOpenOption.READ);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** Fills the buffer as far as one read does; how far, or -1 at the end. */
    private int next(FileChannel channel, byte[] buffer) {
        try {
            return channel.read(ByteBuffer.wrap(buffer));
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private PgkeepException failure(IOException e) {
        return PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + file, e);
    }
}
