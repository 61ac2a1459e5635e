package org.pgkeep.repository;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.pgkeep.codec.Compression;
import org.pgkeep.codec.WholeCodec;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.linux.LinuxFile;

/** Room for a WAL segment and for what it is compressed to, for who stores many. Not thread-safe. */
final class SegmentMemory {
    /** Files of more bytes are not held. */
    static final int BYTES_MAX = 16 << 20;

    /** What is read is in the processor's cache still for each use; and the channel has a buffer as long for each thread. */
    private static final int STEP_BYTES = 1 << 16;

    /** As much as most segments take compressed. */
    private static final int PACKED_BYTES = 4 << 20;

    private byte[] content = {};
    private int length;
    private byte[] packed = {};

    /**
     * Reads so many bytes of a file from an offset; fewer if it ends before.
     *
     * @param path of the file, which was written a moment ago mostly
     * @param beside gets them, too
     * @return XXH3-128 of them
     */
    String read(Path path, FileChannel file, long from, int bytes, OutputStream beside) throws IOException {
        if (content.length < bytes) {
            content = new byte[bytes];
        }
        Xxh3.Stream128 sum = Xxh3.stream128();
        length = 0;
        try (LinuxFile inPlace = LinuxFile.openIfPrepared(path)) {
            while (length < bytes) {
                int n = step(inPlace, file, from + length, Math.min(STEP_BYTES, bytes - length));
                if (n <= 0) {
                    break;
                }
                sum.put(content, length, n);
                beside.write(content, length, n);
                length += n;
            }
        }
        return sum.hex();
    }

    private int step(LinuxFile inPlace, FileChannel file, long position, int wanted) throws IOException {
        int n = inPlace.readInPlace(content, length, wanted, position);
        return n >= 0 ? n : file.read(ByteBuffer.wrap(content, length, wanted), position);
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
        if (packed.length < Math.min(bound, PACKED_BYTES)) {
            packed = new byte[Math.min(bound, PACKED_BYTES)];
        }
        try (WholeCodec codec = new WholeCodec(compression)) {
            int bytes = codec.compress(content, length, packed);
            if (bytes < 0) {
                packed = new byte[bound];
                bytes = codec.compress(content, length, packed);
            }
            return ByteBuffer.wrap(packed, 0, bytes);
        }
    }
}
