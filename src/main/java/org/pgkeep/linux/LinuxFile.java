package org.pgkeep.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * A file or directory through a second descriptor of our own, because the JDK does not give its own away. The page cache is the same, so
 * what is asked here holds for what was written through a channel. Not thread-safe. Never fails: what cannot be done answers
 * {@code false}.
 *
 * <p>Closing any descriptor of a file drops the {@code fcntl} locks that this process has on it: do not use this on lock files.
 */
public final class LinuxFile implements AutoCloseable {
    /** As much as {@link #read} reads. */
    public static final int READ_MAX = 64 << 10;

    private static final int NONE = -1;
    private static final ThreadLocal<MemorySegment> BUFFERS =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(READ_MAX));

    private static volatile boolean prepared;

    private int descriptor;

    private LinuxFile(int descriptor) {
        this.descriptor = descriptor;
    }

    /** Makes the calls ready beside what else begins: for the first of them one waits 60 ms otherwise. */
    public static void prepare() {
        Thread.ofPlatform().daemon().name("linux").start(() -> prepared = ask(SystemCalls::bound, false));
    }

    /** As {@link #open} once the calls are ready; before, every question is answered {@code false}. */
    public static LinuxFile openIfPrepared(Path path) {
        return prepared ? open(path) : new LinuxFile(NONE);
    }

    /** Opens an existing file or directory; every question is answered {@code false} if that is not possible. */
    public static LinuxFile open(Path path) {
        return new LinuxFile(descriptor(path, false));
    }

    /** Opens an existing file so that {@link #allocate} is possible as well. */
    public static LinuxFile openForWriting(Path path) {
        return new LinuxFile(descriptor(path, true));
    }

    private static int descriptor(Path path, boolean forWriting) {
        return ask(() -> SystemCalls.open(path.toString(), forWriting), NONE);
    }

    /** Whether the file is open and the calls are there. */
    public boolean isAvailable() {
        return descriptor >= 0;
    }

    /**
     * Reads a little ({@code pread(2)}): what a channel does around that call takes longer than a page in the cache does, and matters to who
     * reads a million.
     *
     * @param length up to {@link #READ_MAX}
     * @return {@code false} if it was not all read, for whatever reason: then ask a channel
     */
    public boolean read(byte[] content, int offset, int length, long position) {
        return isAvailable() && ask(() -> copied(content, offset, length, position), false);
    }

    private boolean copied(byte[] content, int offset, int length, long position) throws Throwable {
        MemorySegment buffer = BUFFERS.get();
        if (SystemCalls.read(descriptor, buffer, Math.min(length, READ_MAX), position) != length) {
            return false;
        }
        MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, content, offset, length);
        return true;
    }

    /**
     * Reads straight into an array ({@code pread(2)}), where a channel reads beside and copies. Java collects no garbage meanwhile, and all of its
     * threads wait for this one if it wants to: for what the system has in memory.
     *
     * @return how many bytes, 0 at the end of the file; -1 if nothing was read, for whatever reason: then ask a channel
     */
    public int readInPlace(byte[] content, int offset, int length, long position) {
        return isAvailable()
                ? ask(
                        () -> (int) SystemCalls.readInPlace(
                                descriptor, MemorySegment.ofArray(content).asSlice(offset, length), position),
                        NONE)
                : NONE;
    }

    /**
     * Starts writing this range of the page cache to the disk, without waiting for it ({@code sync_file_range(2)}). Promises nothing:
     * what must be durable needs {@code fsync} as before, which then has little left to do.
     */
    public boolean startWriteBack(long offset, long bytes) {
        return isAvailable() && ask(() -> SystemCalls.startWriteBack(descriptor, offset, bytes), false);
    }

    /** Says how this range is going to be used ({@code posix_fadvise(2)}); 0 bytes: to the end of the file. */
    public boolean advise(Advice advice, long offset, long bytes) {
        return isAvailable() && ask(() -> SystemCalls.advise(descriptor, offset, bytes, advice.number()), false);
    }

    /** Reserves space for this range without changing the file's length ({@code fallocate(2)}, {@code FALLOC_FL_KEEP_SIZE}). */
    public boolean allocate(long offset, long bytes) {
        return isAvailable() && ask(() -> SystemCalls.allocate(descriptor, offset, bytes), false);
    }

    /**
     * Puts everything written so far on this file's file system on the disk ({@code syncfs(2)}), other programs' data included. Linux
     * before 5.8 answers {@code true} although some of it could not be written.
     *
     * @return {@code false} if it was not done: then sync each file
     */
    public boolean syncFileSystem() {
        return isAvailable() && ask(() -> SystemCalls.syncfs(descriptor), false);
    }

    @Override
    public void close() {
        if (isAvailable()) {
            int closed = descriptor;
            descriptor = NONE;
            boolean _ = ask(
                    () -> {
                        SystemCalls.close(closed);
                        return true;
                    },
                    false);
        }
    }

    /**
     * The answer, or the other one when there is no such call: another operating system or C library, or a JVM that may not call native
     * code.
     */
    // The handles are declared to throw anything, and binding them fails with errors, not exceptions. None is worth a
    // failed backup.
    static <T> T ask(Question<T> question, T otherwise) {
        try {
            return question.ask();
        } catch (VirtualMachineError e) {
            throw e;
        } catch (Throwable e) {
            return otherwise;
        }
    }

    @FunctionalInterface
    interface Question<T> {
        T ask() throws Throwable;
    }
}
