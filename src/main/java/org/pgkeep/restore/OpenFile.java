package org.pgkeep.restore;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pgkeep.linux.LinuxFile;

/**
 * A file being restored, written by two ways: small pieces through the page cache, large ones past it ({@code O_DIRECT}). A restored
 * cluster is mostly larger than what fits into the page cache, must be on the disk in the end, and is read by nobody meanwhile: going
 * through the cache costs more time than everything else and throws out what others need. For one thread.
 */
final class OpenFile implements Closeable {
    /** What memory must be aligned to for writing past the page cache: a page, enough for all but exotic disks. */
    static final int ALIGNMENT = 4096;

    /** The channel reads into memory of its own and copies, for which that stays in the processor's cache. */
    private static final int STEP_BYTES = 1 << 17;

    private static final Set<OpenOption> CACHED =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    private static final Optional<OpenOption> DIRECT = direct();

    /** Until a file is complete nobody but its owner sees it. */
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path location;
    private final FileChannel cached;
    private @Nullable FileChannel direct;
    private @Nullable LinuxFile quick;

    private OpenFile(Path location, FileChannel cached) {
        this.location = location;
        this.cached = cached;
    }

    /** Found by its name, because the compiler warns of it as one of the JDK's own, and that cannot be suppressed. */
    private static Optional<OpenOption> direct() {
        try {
            Class<?> options = Class.forName("com.sun.nio.file.ExtendedOpenOption");
            return Optional.of((OpenOption) options.getField("DIRECT").get(null));
        } catch (ReflectiveOperationException _) {
            return Optional.empty();
        }
    }

    /** Opens a file, making it if it is not there. */
    static OpenFile open(Path location) throws IOException {
        return new OpenFile(location, FileChannel.open(location, CACHED, PRIVATE));
    }

    /** Its length in bytes. */
    long size() throws IOException {
        return cached.size();
    }

    /**
     * Reads; what is missing at the end becomes zero.
     *
     * @param length how much to read
     * @param room how much to fill, with zeros behind what was read
     * @return {@code false} when the file ends before {@code position}: then nothing is filled
     */
    boolean read(byte[] content, int offset, int length, int room, long position) throws IOException {
        if (length <= LinuxFile.READ_MAX && readQuickly(content, offset, length, position)) {
            Arrays.fill(content, offset + length, offset + room, (byte) 0);
            return true;
        }
        return read(cached, content, offset, length, room, position);
    }

    private boolean readQuickly(byte[] content, int offset, int length, long position) {
        LinuxFile file = quick;
        if (file == null) {
            file = LinuxFile.open(location);
            quick = file;
        }
        return length > 0 && file.read(content, offset, length, position);
    }

    static boolean read(FileChannel file, byte[] content, int offset, int length, int room, long position)
            throws IOException {
        int read = 0;
        int n = 0;
        while (read < length && n >= 0) {
            ByteBuffer step = ByteBuffer.wrap(content, offset + read, Math.min(STEP_BYTES, length - read));
            n = file.read(step, position + read);
            read += Math.max(n, 0);
        }
        if (read == 0) {
            return false;
        }
        Arrays.fill(content, offset + read, offset + room, (byte) 0);
        return true;
    }

    /** Writes through the page cache. */
    void write(ByteBuffer content, long position) throws IOException {
        put(cached, content, position);
    }

    /** Whether to try: names outside ASCII are not certain to survive the JDK's older way to files, which sets lengths. */
    boolean mayBeDirect() {
        return DIRECT.isPresent() && location.toString().chars().allMatch(c -> c < 0x80);
    }

    /**
     * Writes past the page cache.
     *
     * @param content in memory of its own, aligned to {@link #ALIGNMENT}; its length and {@code position}: multiples of 8192
     * @param size length that the file will have
     * @param whole whether all of it will be written: then it gets its place on the disk first
     * @return {@code false} if that is not possible here: then nothing is changed
     */
    boolean writeDirect(ByteBuffer content, long position, long size, boolean whole) throws IOException {
        try {
            FileChannel channel = direct;
            if (channel == null) {
                if (whole) {
                    // Who writes where no place is reserved yet keeps the others from writing to the file meanwhile.
                    try (LinuxFile file = LinuxFile.openForWriting(location)) {
                        boolean _ = file.allocate(0, size);
                    }
                }
                // Within its length a file may be written by several threads at once; beyond, one waits for the other.
                try (RandomAccessFile file = new RandomAccessFile(location.toFile(), "rw")) {
                    file.setLength(size);
                }
                channel = FileChannel.open(location, StandardOpenOption.WRITE, DIRECT.orElseThrow());
                direct = channel;
            }
            put(channel, content, position);
            return true;
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException | UnsupportedOperationException e) {
            // Not every file system has it, and some want larger units. What else is wrong, the other way will tell.
            return false;
        }
    }

    private static void put(FileChannel channel, ByteBuffer content, long position) throws IOException {
        long at = position;
        while (content.hasRemaining()) {
            at += channel.write(content, at);
        }
    }

    @Override
    public void close() throws IOException {
        try (cached) {
            if (quick != null) {
                quick.close();
            }
            if (direct != null) {
                direct.close();
            }
        }
    }
}
