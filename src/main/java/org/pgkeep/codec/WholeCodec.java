package org.pgkeep.codec;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;

/**
 * What {@link StreamCodec} writes, of content that is all in memory: zstd is faster when it need not keep a window of its own. Not
 * thread-safe.
 */
public final class WholeCodec {
    private byte[] packed = {};

    /** Whether this compression gains by it. */
    public static boolean serves(Compression compression) {
        return compression.algorithm() == Algorithm.ZSTD;
    }

    /**
     * Compresses the beginning of an array into {@link #packed()}.
     *
     * @return how many bytes it takes there
     */
    public int compress(byte[] content, int length, Compression compression) {
        int bound = Math.toIntExact(Zstd.compressBound(length));
        if (packed.length < bound) {
            packed = new byte[bound];
        }
        try (ZstdCompressCtx context = new ZstdCompressCtx()) {
            context.setLevel(compression.level());
            context.setChecksum(true);
            return context.compressByteArray(packed, 0, packed.length, content, 0, length);
        }
    }

    /** What {@link #compress} wrote; valid until the next call. */
    public byte[] packed() {
        return packed;
    }
}
