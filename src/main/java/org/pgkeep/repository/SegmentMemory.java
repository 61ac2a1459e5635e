package org.pgkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.pgkeep.codec.Compression;
import org.pgkeep.codec.WholeCodec;
import org.pgkeep.codec.Xxh3;

/** Room for a WAL segment and for what it is compressed to, for who stores many. Not thread-safe. */
final class SegmentMemory {
    /** Files of more bytes are not held. */
    static final int BYTES_MAX = 16 << 20;

    private static final int STEP_BYTES = 1 << 18;

    private byte[] content = {};
    private int length;
    private byte[] packed = {};

    /**
     * Reads so many bytes of a file from an offset; fewer if it ends before.
     *
     * @return XXH3-128 of them
     */
    String read(FileChannel file, long from, int bytes) throws IOException {
        if (content.length < bytes) {
            content = new byte[bytes];
        }
        Xxh3.Stream128 sum = Xxh3.stream128();
        length = 0;
        while (length < bytes) {
            // In steps: the channel has a buffer of its own for each thread, as long as what is asked for.
            ByteBuffer room = ByteBuffer.wrap(content, length, Math.min(STEP_BYTES, bytes - length));
            int n = file.read(room, from + length);
            if (n <= 0) {
                break;
            }
            sum.put(content, length, n);
            length += n;
        }
        return sum.hex();
    }

    /** What was read last, from the beginning of the array. */
    byte[] content() {
        return content;
    }

    /** How many bytes were read last. */
    int length() {
        return length;
    }

    /** Compresses what was read last; valid until the next call. */
    ByteBuffer compressed(Compression compression) {
        int bound = WholeCodec.bound(length);
        if (packed.length < bound) {
            packed = new byte[bound];
        }
        try (WholeCodec codec = new WholeCodec(compression)) {
            return ByteBuffer.wrap(packed, 0, codec.compress(content, length, packed));
        }
    }
}
