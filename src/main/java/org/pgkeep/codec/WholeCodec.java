package org.pgkeep.codec;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdException;

/**
 * What {@link StreamCodec} writes, of content that is all in memory: zstd is a quarter faster when it need not keep a window of its own. What it
 * makes of the parts of a content is, one after another, a stream of the whole. Not thread-safe.
 */
public final class WholeCodec implements AutoCloseable {
    private final ZstdCompressCtx context = new ZstdCompressCtx();

    /** A codec for a compression that it {@link #serves}. */
    public WholeCodec(Compression compression) {
        context.setLevel(compression.level());
        // The name of what is stored this way has a hash of the content, which is proved whenever it is read.
        context.setChecksum(false);
    }

    /** Whether this compression gains by it. */
    public static boolean serves(Compression compression) {
        return compression.algorithm() == Algorithm.ZSTD;
    }

    /** How many bytes a content of this length takes at most. */
    public static int bound(int length) {
        return Math.toIntExact(Zstd.compressBound(length));
    }

    /**
     * Compresses the beginning of an array to the beginning of another.
     *
     * @return how many bytes it takes there; -1 if there is no room for them: there is where a content has its {@link #bound}
     */
    public int compress(byte[] content, int length, byte[] packed) {
        try {
            return context.compressByteArray(packed, 0, packed.length, content, 0, length);
        } catch (ZstdException e) {
            if (e.getErrorCode() == Zstd.errDstSizeTooSmall()) {
                return -1;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
