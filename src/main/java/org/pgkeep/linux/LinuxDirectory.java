package org.pgkeep.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The names in a directory, hundreds by a call ({@code getdents64(2)}). Java's own way takes a lock, a call and four objects for each, and
 * an archive has a million. Never fails: where it does not work, Java's way does, or says why it does not.
 */
public final class LinuxDirectory {
    /** The names of 256 segments, which lie in a folder, fit in. */
    private static final int BUFFER_BYTES = 32 << 10;

    // struct linux_dirent64: d_ino, d_off, d_reclen, d_type, d_name. A record's length is a multiple of 8, its name
    // ends with a zero.
    private static final int LENGTH_AT = 16;
    private static final int NAME_AT = 19;
    private static final int RECORD_UNIT = 8;

    private static volatile boolean ready;

    private LinuxDirectory() {}

    /** Where the kernel writes, and where Java reads: for each thread one, because to get new memory takes longer than to fill it. */
    private static final class Buffer {
        private static final ThreadLocal<Buffer> OF_THREAD = ThreadLocal.withInitial(Buffer::new);

        final MemorySegment outside = Arena.ofAuto().allocate(BUFFER_BYTES);
        final byte[] records = new byte[BUFFER_BYTES];
    }

    /** The call, in a class of its own: C libraries before glibc 2.30 do not have it. */
    private static final class Call {
        // Restricted, because a wrong signature could crash the JVM: ssize_t getdents64(int, void*, size_t), as in the
        // manual page.
        @SuppressWarnings("restricted")
        private static final MethodHandle GETDENTS = Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker().defaultLookup().findOrThrow("getdents64"),
                        FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

        private Call() {}

        static long read(int descriptor, MemorySegment buffer) throws Throwable {
            return (long) GETDENTS.invokeExact(descriptor, buffer, buffer.byteSize());
        }
    }

    /** Makes the call ready beside what else begins, for who reads many directories; until then there are no names. */
    public static void prepare() {
        Thread.ofPlatform()
                .daemon()
                .name("directories")
                .start(() -> ready = LinuxFile.ask(() -> SystemCalls.bound() && Call.GETDENTS != null, false));
    }

    /**
     * The names in a directory, without {@code .} and {@code ..}, in no order; a character for each byte, so that names outside ASCII are
     * not those that Java has for them.
     *
     * @return empty when it cannot be read so: not ready, no such directory, or anything else
     */
    public static Optional<List<String>> names(Path directory) {
        return ready ? LinuxFile.ask(() -> read(directory), Optional.empty()) : Optional.empty();
    }

    private static Optional<List<String>> read(Path directory) throws Throwable {
        // Of what is no directory that does not exist: to open a pipe would be to wait.
        int descriptor = SystemCalls.open(directory + "/.", false);
        if (descriptor < 0) {
            return Optional.empty();
        }
        try {
            Buffer buffer = Buffer.OF_THREAD.get();
            List<String> names = new ArrayList<>();
            long bytes = Call.read(descriptor, buffer.outside);
            while (bytes > 0) {
                MemorySegment.copy(buffer.outside, JAVA_BYTE, 0, buffer.records, 0, (int) bytes);
                add(buffer.records, (int) bytes, names);
                bytes = Call.read(descriptor, buffer.outside);
            }
            return bytes == 0 ? Optional.of(names) : Optional.empty();
        } finally {
            SystemCalls.close(descriptor);
        }
    }

    private static void add(byte[] records, int bytes, List<String> names) {
        int length;
        for (int at = 0; at < bytes; at += length) {
            length = (records[at + LENGTH_AT] & 0xFF) | ((records[at + LENGTH_AT + 1] & 0xFF) << 8);
            int from = at + NAME_AT;
            int to = Math.max(from, at + length - RECORD_UNIT);
            while (records[to] != 0) {
                to++;
            }
            boolean isItselfOrParent =
                    records[from] == '.' && (to == from + 1 || (to == from + 2 && records[from + 1] == '.'));
            if (!isItselfOrParent) {
                names.add(new String(records, from, to - from, StandardCharsets.ISO_8859_1));
            }
        }
    }
}
