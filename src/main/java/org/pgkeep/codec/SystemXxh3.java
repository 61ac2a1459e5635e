package org.pgkeep.codec;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.function.ToLongFunction;

/**
 * XXH3 by its author's library where the system has it: {@code libxxhash.so.0}, which Debian's package manager needs itself. It hashes by
 * vector instructions, and Java's compiler does not: 18 instead of 10 GB/s where that was measured. Bound when this class is first touched,
 * which takes 60 ms.
 */
final class SystemXxh3 {
    /** Each has another way through the algorithm; the library's own version tells less than that the hashes are the same. */
    private static final int[] LENGTHS = {0, 1, 4, 9, 17, 129, 240, 241, 1024, 1025, 8192};

    private static final MethodHandle HASH = bind();

    private SystemXxh3() {}

    // Restricted, because a wrong signature could crash the JVM: XXH64_hash_t XXH3_64bits(const void*, size_t), as in
    // xxhash.h.
    @SuppressWarnings("restricted")
    private static MethodHandle bind() {
        return Linker.nativeLinker()
                .downcallHandle(
                        SymbolLookup.libraryLookup("libxxhash.so.0", Arena.global())
                                .findOrThrow("XXH3_64bits"),
                        FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG),
                        // Java's memory as it lies, for a call that takes less than a microsecond.
                        Linker.Option.critical(true));
    }

    /** Whether it is there, and gives the same hashes as this function. */
    static boolean agrees(ToLongFunction<byte[]> other) {
        for (int length : LENGTHS) {
            byte[] bytes = new byte[length];
            for (int i = 0; i < length; i++) {
                bytes[i] = (byte) (i * 31 + length);
            }
            if (hash(bytes, 0, length) != other.applyAsLong(bytes)) {
                return false;
            }
        }
        return true;
    }

    /** The hash of a range. */
    static long hash(byte[] bytes, int offset, int length) {
        try {
            return (long) HASH.invokeExact(MemorySegment.ofArray(bytes).asSlice(offset, length), (long) length);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a handle of a C function threw", e);
        }
    }
}
