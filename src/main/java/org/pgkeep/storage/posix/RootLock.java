package org.pgkeep.storage.posix;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * The right to check and then change, for an instant: {@code fcntl} lock of {@code .lock} in the root, which also works between hosts
 * over NFS and ends with its process. One file for the whole store, never removed: a lock file that is removed and made again can be
 * held twice.
 */
final class RootLock {
    private static final int WAIT_MILLIS_MAX = 30_000;
    private static final int PAUSE_MILLIS_MAX = 20;

    /**
     * The kernel's lock belongs to the process, and closing any descriptor of the file drops it: so what keeps our own threads (and
     * other stores on the same root) apart has to belong to the process, too.
     */
    private static final ReentrantLock PROCESS = new ReentrantLock();

    private final Path file;
    private final PosixOptions options;

    RootLock(Path root, PosixOptions options) {
        this.file = root.resolve(".lock");
        this.options = options;
    }

    /** Takes the lock; it ends when the result is closed. */
    Held take() throws IOException {
        try {
            if (!PROCESS.tryLock(WAIT_MILLIS_MAX, TimeUnit.MILLISECONDS)) {
                throw held();
            }
            return takeFile();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PgkeepException(ErrorCode.TERMINATED, "interrupted: wait for " + file).causedBy(e);
        }
    }

    private Held takeFile() throws IOException, InterruptedException {
        @Nullable FileChannel channel = null;
        boolean taken = false;
        try {
            channel = openFile();
            waitFor(channel);
            taken = true;
            return new Held(channel);
        } finally {
            if (!taken) {
                release(channel);
            }
        }
    }

    private FileChannel openFile() throws IOException {
        try {
            return FileChannel.open(file, StandardOpenOption.WRITE);
        } catch (NoSuchFileException e) {
            createFile();
            return FileChannel.open(file, StandardOpenOption.WRITE);
        }
    }

    private void createFile() throws IOException {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(options.fileMode()));
            // Against the umask: others of the group may have to lock it, too.
            Files.setPosixFilePermissions(file, options.fileMode());
        } catch (FileAlreadyExistsException e) {
            // Another process was first, which is as good.
        }
    }

    private void waitFor(FileChannel channel) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS_MAX);
        int pauseMillis = 1;
        @Nullable FileLock lock = channel.tryLock();
        while (lock == null) {
            if (System.nanoTime() > end) {
                throw held();
            }
            Thread.sleep(pauseMillis);
            pauseMillis = Math.min(PAUSE_MILLIS_MAX, pauseMillis * 2);
            lock = channel.tryLock();
        }
    }

    private PgkeepException held() {
        return new PgkeepException(
                ErrorCode.HELD,
                "another process has held " + file + " for " + WAIT_MILLIS_MAX / 1000 + " s",
                "It is held for milliseconds only: look for a stopped pgkeep process, or a file server that does not answer.");
    }

    private static void release(@Nullable FileChannel channel) throws IOException {
        try {
            if (channel != null) {
                channel.close();
            }
        } finally {
            PROCESS.unlock();
        }
    }

    /** The lock while it is held. */
    record Held(FileChannel channel) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            release(channel);
        }
    }
}
