package org.pgkeep.storage.posix;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectReader;

/** Reads a file at any offset ({@code pread}), by any number of threads. */
final class PosixReader implements ObjectReader {
    private final Path path;
    private final FileChannel channel;
    private final long sizeBytes;

    /** Takes the channel over. */
    PosixReader(Path path, FileChannel channel, long sizeBytes) {
        this.path = path;
        this.channel = channel;
        this.sizeBytes = sizeBytes;
    }

    @Override
    public long size() {
        return sizeBytes;
    }

    @Override
    public void read(long offset, ByteBuffer target) {
        if (offset < 0 || offset > sizeBytes || sizeBytes - offset < target.remaining()) {
            throw endsEarly(sizeBytes, offset, target.remaining());
        }
        int wanted = target.remaining();
        try {
            for (long at = offset; target.hasRemaining(); ) {
                int bytes = channel.read(target, at);
                if (bytes < 0) {
                    throw endsEarly(at, offset, wanted);
                }
                at += bytes;
            }
        } catch (IOException e) {
            throw PosixFailure.of("read " + path, e);
        }
    }

    private PgkeepException endsEarly(long end, long offset, int wanted) {
        return new PgkeepException(
                ErrorCode.DAMAGED,
                path + " ends at byte " + end + ", but " + wanted + " bytes are wanted from " + offset);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw PosixFailure.of("close " + path, e);
        }
    }
}
