package org.pgkeep.repository;

import java.util.Arrays;
import org.pgkeep.codec.Xxh3;

/**
 * The repository's unit: 8192 bytes, whatever the cluster's page size. The last block of a file is padded with zeros.
 *
 * <p>The hash of a file is a two-level tree over its blocks' hashes, so that an incremental backup that replaces three blocks
 * computes it without reading the others: {@code docs/formats/manifest.md}, "File hash".
 */
public final class Blocks {
    /** Bytes of a block. */
    public static final int BYTES = 8192;

    /** Blocks of a full frame, and of a group in a file's hash: 1 MiB. */
    public static final int PER_GROUP = 128;

    private static final byte[] ZERO = new byte[BYTES];

    /** The hash of a block of zeros. */
    public static final long ZERO_HASH = Xxh3.hash(ZERO, 0, BYTES);

    private Blocks() {}

    /** Blocks that hold this many bytes. */
    public static long count(long bytes) {
        return (bytes + BYTES - 1) / BYTES;
    }

    /** Whether the block at this offset is all zero. */
    public static boolean isZero(byte[] buffer, int offset) {
        return Arrays.equals(buffer, offset, offset + BYTES, ZERO, 0, BYTES);
    }

    /** The hash of the block at this offset. */
    public static long hash(byte[] buffer, int offset) {
        return Xxh3.hash(buffer, offset, BYTES);
    }

    /** The hash of a group: of its blocks' hashes, in order. */
    public static long groupHash(long[] blockHashes, int from, int count) {
        Xxh3.Stream64 stream = Xxh3.stream64();
        for (int i = 0; i < count; i++) {
            stream.putLong(blockHashes[from + i]);
        }
        return stream.value();
    }

    /** The hash of a file in progress: its size, then its groups' hashes in order. */
    public static Xxh3.Stream64 fileHash(long sizeBytes) {
        Xxh3.Stream64 stream = Xxh3.stream64();
        stream.putLong(sizeBytes);
        return stream;
    }
}
