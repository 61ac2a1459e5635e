package org.pgkeep.codec;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * Compresses and expands frames for one worker: contexts and buffers are kept and reused, so that a frame costs no
 * allocation. Not thread-safe.
 */
public final class FrameCodec implements AutoCloseable {
    /** Longest content of a frame, in bytes. */
    public static final int CONTENT_BYTES_MAX = 1 << 20;

    /** Longest stored form: the worst expansion of any algorithm, checked by a test. */
    public static final int STORED_BYTES_MAX = CONTENT_BYTES_MAX + CONTENT_BYTES_MAX / 64 + 1024;

    private final Compression compression;
    private final byte[] stored;
    private @Nullable ZstdCompressCtx zstdCompress;
    private @Nullable ZstdDecompressCtx zstdExpand;
    private @Nullable Deflater deflater;

    /** A codec that writes with this compression; it reads every form. */
    public FrameCodec(Compression compression) {
        this.compression = compression;
        this.stored = new byte[compression.algorithm() == Algorithm.NONE ? 0 : STORED_BYTES_MAX];
    }

    /**
     * Compresses a frame's content into {@link #stored()}.
     *
     * @param length 1 to {@link #CONTENT_BYTES_MAX}
     * @return the stored length, or -1 when the content does not shrink and is better stored raw
     */
    public int compress(byte[] content, int length) {
        int size = switch (compression.algorithm()) {
            case NONE -> -1;
            case ZSTD -> zstd(content, length);
            case LZ4 ->
                LZ4Factory.fastestInstance().fastCompressor().compress(content, 0, length, stored, 0, stored.length);
            case GZIP -> deflate(content, length);
            case BZIP2 -> bzip2(content, length);
        };
        return size < length ? size : -1;
    }

    /** What {@link #compress} wrote; valid until the next call. */
    public byte[] stored() {
        return stored;
    }

    /** The algorithm that {@link #compress} uses. */
    public Algorithm algorithm() {
        return compression.algorithm();
    }

    private int zstd(byte[] content, int length) {
        ZstdCompressCtx context = zstdCompress;
        if (context == null) {
            context = new ZstdCompressCtx();
            context.setLevel(compression.level());
            // Each frame's stored hash finds damage already.
            context.setChecksum(false);
            zstdCompress = context;
        }
        return context.compressByteArray(stored, 0, stored.length, content, 0, length);
    }

    private int deflate(byte[] content, int length) {
        Deflater current = deflater;
        if (current == null) {
            current = new Deflater(compression.level());
            deflater = current;
        }
        current.reset();
        current.setInput(content, 0, length);
        current.finish();
        int size = current.deflate(stored);
        return current.finished() ? size : length;
    }

    private int bzip2(byte[] content, int length) {
        ByteArrayOutputStream target = new ByteArrayOutputStream(length);
        try (BZip2CompressorOutputStream bzip2 = new BZip2CompressorOutputStream(target, compression.level())) {
            bzip2.write(content, 0, length);
        } catch (IOException e) {
            throw new PgkeepException(ErrorCode.BUG, "bzip2 fails in memory").causedBy(e);
        }
        byte[] result = target.toByteArray();
        if (result.length >= length) {
            return length;
        }
        System.arraycopy(result, 0, stored, 0, result.length);
        return result.length;
    }

    /**
     * Expands a stored frame.
     *
     * @param contentLength the length that must come out
     * @return whether exactly that many bytes came out; {@code false} means the stored bytes are damaged
     */
    public boolean expand(Algorithm form, byte[] source, int offset, int length, byte[] content, int contentLength) {
        return switch (form) {
            case NONE -> copy(source, offset, length, content, contentLength);
            case ZSTD -> unzstd(source, offset, length, content, contentLength);
            case LZ4 -> unlz4(source, offset, length, content, contentLength);
            case GZIP -> inflate(source, offset, length, content, contentLength);
            case BZIP2 -> unbzip2(source, offset, length, content, contentLength);
        };
    }

    private static boolean copy(byte[] source, int offset, int length, byte[] content, int contentLength) {
        if (length != contentLength) {
            return false;
        }
        System.arraycopy(source, offset, content, 0, length);
        return true;
    }

    private boolean unzstd(byte[] source, int offset, int length, byte[] content, int contentLength) {
        ZstdDecompressCtx context = zstdExpand;
        if (context == null) {
            context = new ZstdDecompressCtx();
            zstdExpand = context;
        }
        try {
            return context.decompressByteArray(content, 0, contentLength, source, offset, length) == contentLength;
        } catch (ZstdException e) {
            return false;
        }
    }

    private static boolean unlz4(byte[] source, int offset, int length, byte[] content, int contentLength) {
        try {
            return LZ4Factory.fastestInstance()
                            .safeDecompressor()
                            .decompress(source, offset, length, content, 0, contentLength)
                    == contentLength;
        } catch (LZ4Exception e) {
            return false;
        }
    }

    private static boolean inflate(byte[] source, int offset, int length, byte[] content, int contentLength) {
        try (Inflater inflater = new Inflater()) {
            inflater.setInput(source, offset, length);
            return inflater.inflate(content, 0, contentLength) == contentLength;
        } catch (DataFormatException e) {
            return false;
        }
    }

    private static boolean unbzip2(byte[] source, int offset, int length, byte[] content, int contentLength) {
        try (BZip2CompressorInputStream bzip2 =
                new BZip2CompressorInputStream(new ByteArrayInputStream(source, offset, length))) {
            return bzip2.readNBytes(content, 0, contentLength) == contentLength && bzip2.read() < 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** The worst stored length of zstd for a full frame; for the test that holds {@link #STORED_BYTES_MAX}. */
    static long zstdBound() {
        return Zstd.compressBound(CONTENT_BYTES_MAX);
    }

    @Override
    public void close() {
        if (zstdCompress != null) {
            zstdCompress.close();
        }
        if (zstdExpand != null) {
            zstdExpand.close();
        }
        if (deflater != null) {
            deflater.close();
        }
    }
}
