package org.pgkeep.storage.posix;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.pgkeep.linux.LinuxFile;

/**
 * Has the kernel write a big object to the disk while it is still being made. Left alone it keeps hundreds of megabytes in memory until
 * the final {@code fsync}, which then takes as long as the disk needs for all of them.
 */
final class WriteBack implements AutoCloseable {
    /** Small objects, and with them short commands, do not pay for the first native call. */
    private static final long FIRST_BYTES = 32L << 20;

    private static final long STEP_BYTES = 8L << 20;

    private final Path path;
    private @Nullable LinuxFile file;
    private long startedBytes;

    WriteBack(Path path) {
        this.path = path;
    }

    /** The file has grown to this size. */
    void grown(long sizeBytes) {
        if (sizeBytes < FIRST_BYTES || sizeBytes - startedBytes < STEP_BYTES) {
            return;
        }
        if (file == null) {
            file = LinuxFile.open(path);
        }
        file.startWriteBack(startedBytes, sizeBytes - startedBytes);
        startedBytes = sizeBytes;
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
    }
}
