package org.pgkeep.codec;

import com.github.luben.zstd.RecyclingBufferPool;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;

/**
 * Whole files in their ordinary compressed form, so that {@code zstd -d}, {@code lz4 -d}, {@code gunzip} and {@code bunzip2} read
 * them without pgkeep.
 */
public final class StreamCodec {
    private StreamCodec() {}

    /** A stream whose compressed form goes to {@code target}; closing it closes the target. */
    public static OutputStream compressing(OutputStream target, Compression compression) throws IOException {
        return switch (compression.algorithm()) {
            case NONE -> target;
            case ZSTD ->
                new ZstdOutputStreamNoFinalizer(target, RecyclingBufferPool.INSTANCE, compression.level())
                        .setChecksum(true);
            case LZ4 -> new LZ4FrameOutputStream(target, LZ4FrameOutputStream.BLOCKSIZE.SIZE_1MB);
            case GZIP -> new LevelledGzip(target, compression.level());
            case BZIP2 -> new BZip2CompressorOutputStream(target, compression.level());
        };
    }

    /** The content of a compressed file; closing it closes the source. */
    public static InputStream expanding(InputStream source, Algorithm algorithm) throws IOException {
        return switch (algorithm) {
            case NONE -> source;
            case ZSTD -> new ZstdInputStreamNoFinalizer(source, RecyclingBufferPool.INSTANCE);
            case LZ4 -> new LZ4FrameInputStream(source);
            case GZIP -> new GZIPInputStream(source, 1 << 16);
            case BZIP2 -> new BZip2CompressorInputStream(new BufferedInputStream(source));
        };
    }

    /** The JDK's gzip stream sets its level only from within. */
    private static final class LevelledGzip extends GZIPOutputStream {
        LevelledGzip(OutputStream target, int level) throws IOException {
            super(target, 1 << 16);
            def.setLevel(level);
        }
    }
}
