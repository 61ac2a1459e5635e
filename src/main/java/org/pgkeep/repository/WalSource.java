package org.pgkeep.repository;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * A file to be stored under the hash of its content. One of the usual size is read and hashed once and kept in memory; a longer one
 * is read again when it is stored, and must not have changed.
 */
final class WalSource {
    /** A segment of the usual size fits. */
    private static final int KEPT_BYTES_MAX = 16 << 20;

    private static final int STEP_BYTES = 1 << 18;

    private final Path file;
    private final byte[] kept;
    private final boolean whole;
    private final String hash;

    private WalSource(Path file, byte[] kept, boolean whole, String hash) {
        this.file = file;
        this.kept = kept;
        this.whole = whole;
        this.hash = hash;
    }

    static WalSource read(Path file) {
        try (InputStream stream = Files.newInputStream(file)) {
            long size = Files.size(file);
            Xxh3.Stream128 hash = Xxh3.stream128();
            if (size > KEPT_BYTES_MAX) {
                byte[] buffer = new byte[STEP_BYTES];
                for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
                    hash.put(buffer, 0, n);
                }
                return new WalSource(file, new byte[0], false, hash.hex());
            }
            byte[] content = new byte[(int) size];
            int length = 0;
            while (length < content.length) {
                int n = stream.read(content, length, Math.min(STEP_BYTES, content.length - length));
                if (n < 0) {
                    throw changed(file);
                }
                hash.put(content, length, n);
                length += n;
            }
            return new WalSource(file, content, true, hash.hex());
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + file, e);
        }
    }

    private static PgkeepException changed(Path file) {
        return new PgkeepException(ErrorCode.FILE_READ, file + " changed while it was read");
    }

    /** XXH3-128 of the content. */
    String hash() {
        return hash;
    }

    /**
     * Writes the content that has the hash.
     *
     * @throws PgkeepException {@code FILE_READ} when the file cannot be read again, or is another by now
     * @throws IOException when the target fails
     */
    void copyTo(OutputStream target) throws IOException {
        if (whole) {
            target.write(kept);
            return;
        }
        Xxh3.Stream128 again = Xxh3.stream128();
        byte[] buffer = new byte[STEP_BYTES];
        try (InputStream stream = open()) {
            for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
                again.put(buffer, 0, n);
                target.write(buffer, 0, n);
            }
        }
        if (!again.hex().equals(hash)) {
            throw changed(file);
        }
    }

    private InputStream open() {
        try {
            return Files.newInputStream(file);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + file, e);
        }
    }
}
