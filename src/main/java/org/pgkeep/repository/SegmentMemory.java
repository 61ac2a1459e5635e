package org.pgkeep.repository;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.pgkeep.codec.Compression;
import org.pgkeep.codec.WholeCodec;
import org.pgkeep.codec.Xxh3;

/** Room for a WAL segment and for what it is compressed to, for who stores many. Not thread-safe. */
final class SegmentMemory {
    /** Files of more bytes are not held. */
    static final int BYTES_MAX = 16 << 20;

    /** What is read is in the processor's cache still for each use; and the channel has a buffer as long for each thread. */
    private static final int STEP_BYTES = 1 << 17;

    private byte[] content = {};
    private int length;
    private byte[] packed = {};

    /**
     * Reads so many bytes of a file from an offset; fewer if it ends before.
     *
     * @param beside gets them, too
     * @return XXH3-128 of them
     */
    String read(FileChannel file, long from, int bytes, OutputStream beside) throws IOException {
        if (content.length < bytes) {
            content = new byte[bytes];
        }
        Xxh3.Stream128 sum = Xxh3.stream128();
        length = 0;
        while (length < bytes) {
            ByteBuffer room = ByteBuffer.wrap(content, length, Math.min(STEP_BYTES, bytes - length));
            int n = file.read(room, from + length);
            if (n <= 0) {
                break;
            }
            sum.put(content, length, n);
            beside.write(content, length, n);
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
