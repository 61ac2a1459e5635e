package org.pgkeep.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.Charset;

/**
 * The C library's functions, bound when this class is first touched and never before: binding costs 60 ms. The handles are constants, so
 * that the compiler can inline them.
 */
final class SystemCalls {
    private static final int O_RDONLY = 0;
    private static final int O_WRONLY = 1;
    private static final int O_CLOEXEC = 0x80000;
    private static final int SYNC_FILE_RANGE_WRITE = 2;
    private static final int FALLOC_FL_KEEP_SIZE = 1;

    private static final MethodHandle OPEN =
            bind("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE = bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle PREAD =
            bind("pread", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle PREAD_IN_PLACE = bind(
            "pread",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG),
            Linker.Option.critical(true));
    private static final MethodHandle SYNCFS = bind("syncfs", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle SYNC_FILE_RANGE =
            bind("sync_file_range", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle FADVISE =
            bind("posix_fadvise", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle FALLOCATE =
            bind("fallocate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));

    private SystemCalls() {}

    /** Binds them, unless they are. */
    static boolean bound() {
        return OPEN != null;
    }

    // Restricted, because a wrong signature could crash the JVM: those above are from the manual pages.
    @SuppressWarnings("restricted")
    private static MethodHandle bind(String name, FunctionDescriptor signature, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), signature, options);
    }

    /** A descriptor, or a negative number. */
    static int open(String path, boolean forWriting) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            // As the JDK itself encodes file names.
            byte[] bytes = path.getBytes(Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8")));
            MemorySegment name = arena.allocate(bytes.length + 1L);
            MemorySegment.copy(bytes, 0, name, ValueLayout.JAVA_BYTE, 0, bytes.length);
            return (int) OPEN.invokeExact(name, (forWriting ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
        }
    }

    static void close(int descriptor) throws Throwable {
        int _ = (int) CLOSE.invokeExact(descriptor);
    }

    /** How many bytes were read, or a negative number. */
    static long read(int descriptor, MemorySegment target, long bytes, long position) throws Throwable {
        return (long) PREAD.invokeExact(descriptor, target, bytes, position);
    }

    /** The same into Java's memory as it lies: nothing there is moved meanwhile. */
    static long readInPlace(int descriptor, MemorySegment target, long position) throws Throwable {
        return (long) PREAD_IN_PLACE.invokeExact(descriptor, target, target.byteSize(), position);
    }

    static boolean syncfs(int descriptor) throws Throwable {
        return (int) SYNCFS.invokeExact(descriptor) == 0;
    }

    static boolean startWriteBack(int descriptor, long offset, long bytes) throws Throwable {
        return (int) SYNC_FILE_RANGE.invokeExact(descriptor, offset, bytes, SYNC_FILE_RANGE_WRITE) == 0;
    }

    static boolean advise(int descriptor, long offset, long bytes, int advice) throws Throwable {
        return (int) FADVISE.invokeExact(descriptor, offset, bytes, advice) == 0;
    }

    static boolean allocate(int descriptor, long offset, long bytes) throws Throwable {
        return (int) FALLOCATE.invokeExact(descriptor, FALLOC_FL_KEEP_SIZE, offset, bytes) == 0;
    }
}
