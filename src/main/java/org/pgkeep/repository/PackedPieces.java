package org.pgkeep.repository;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.pgkeep.codec.Compression;
import org.pgkeep.codec.WholeCodec;
import org.pgkeep.storage.ObjectWriter;

/**
 * A file, compressed piece by piece, by more than one thread; {@link WholeCodec} says where that is possible. What a thread did is seen by who
 * knows that it ended.
 */
final class PackedPieces {
    private final Compression compression;
    private final byte[][] packed;
    private final boolean[] taken;

    /** Of so many pieces. */
    PackedPieces(int pieces, Compression compression) {
        this.compression = compression;
        this.packed = new byte[pieces][];
        this.taken = new boolean[pieces];
    }

    /** Whether a piece is the caller's to compress: nobody else's. */
    synchronized boolean take(int piece) {
        boolean free = !taken[piece];
        taken[piece] = true;
        return free;
    }

    /** Who compresses pieces; for one thread. */
    Packer packer() {
        return new Packer();
    }

    /** A thread's own codec and room. */
    final class Packer implements AutoCloseable {
        private final WholeCodec codec = new WholeCodec(compression);
        private final byte[] room = new byte[WholeCodec.bound(FilePieces.BYTES)];

        private Packer() {}

        /** Compresses a piece that was taken. */
        void pack(int piece, byte[] content, int length) {
            packed[piece] = Arrays.copyOf(room, codec.compress(content, length, room));
        }

        @Override
        public void close() {
            codec.close();
        }
    }

    /** Whether this is how it was compressed. Not by the records' own comparison, which Java weaves at run time. */
    boolean isBy(Compression wanted) {
        return compression.algorithm() == wanted.algorithm() && compression.level() == wanted.level();
    }

    /** Writes all pieces. */
    void writeTo(ObjectWriter target) {
        for (byte[] each : packed) {
            target.write(ByteBuffer.wrap(each));
        }
    }
}
