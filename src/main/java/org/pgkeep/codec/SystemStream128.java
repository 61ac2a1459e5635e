package org.pgkeep.codec;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.function.Supplier;

/**
 * XXH3-128 piece by piece, by the same library as {@link SystemXxh3}: three times as fast as Java's own code once that is compiled, and of the same speed
 * before. Bound when this class is first touched, which takes a tenth of a second.
 */
// Restricted, because a wrong signature could crash the JVM.
@SuppressWarnings("restricted")
final class SystemStream128 implements Xxh3.Stream128 {
    /** Nothing; within and behind what is hashed by itself, the state's buffer, a block; and what a caller puts in mostly. */
    private static final int[] LENGTHS = {0, 1, 17, 240, 241, 256, 257, 1024, 1025, 8192, 131_072};

    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBRARY = SymbolLookup.libraryLookup("libxxhash.so.0", Arena.global());

    // As in xxhash.h: XXH3_state_t* XXH3_createState(void); XXH_errorcode XXH3_freeState(XXH3_state_t*);
    // XXH_errorcode XXH3_128bits_reset(XXH3_state_t*); XXH_errorcode XXH3_128bits_update(XXH3_state_t*, const void*,
    // size_t);
    // XXH128_hash_t XXH3_128bits_digest(const XXH3_state_t*), which is { XXH64_hash_t low64, high64; }.
    private static final MethodHandle CREATE = bind("XXH3_createState", FunctionDescriptor.of(ADDRESS));
    private static final MethodHandle FREE = bind("XXH3_freeState", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle RESET = bind("XXH3_128bits_reset", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle UPDATE = bind(
            "XXH3_128bits_update",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG),
            // Java's memory as it lies, for a call that takes some microseconds.
            Linker.Option.critical(true));
    private static final MethodHandle DIGEST = bind(
            "XXH3_128bits_digest", FunctionDescriptor.of(MemoryLayout.structLayout(JAVA_LONG, JAVA_LONG), ADDRESS));

    private final MemorySegment state;

    SystemStream128() {
        try {
            MemorySegment made = (MemorySegment) CREATE.invokeExact();
            if (made.equals(MemorySegment.NULL)) {
                throw new OutOfMemoryError("no memory for a hash");
            }
            // Freed with this object.
            state = made.reinterpret(Arena.ofAuto(), SystemStream128::free);
            require((int) RESET.invokeExact(state));
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    private static MethodHandle bind(String name, FunctionDescriptor signature, Linker.Option... options) {
        return LINKER.downcallHandle(LIBRARY.findOrThrow(name), signature, options);
    }

    private static void free(MemorySegment state) {
        try {
            require((int) FREE.invokeExact(state));
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    @Override
    public void put(byte[] bytes, int offset, int length) {
        try {
            require((int)
                    UPDATE.invokeExact(state, MemorySegment.ofArray(bytes).asSlice(offset, length), (long) length));
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    @Override
    public String hex() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment hash = (MemorySegment) DIGEST.invokeExact((SegmentAllocator) arena, state);
            return Xxh3.hex16(hash.getAtIndex(JAVA_LONG, 1)) + Xxh3.hex16(hash.getAtIndex(JAVA_LONG, 0));
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    private static void require(int status) {
        if (status != 0) {
            throw new IllegalStateException("the system's library says that it cannot hash: " + status);
        }
    }

    private static RuntimeException impossible(Throwable e) {
        return switch (e) {
            case RuntimeException known -> known;
            case Error error -> throw error;
            default -> new IllegalStateException("a handle of a C function threw", e);
        };
    }

    /** Whether it is there, and gives the same hashes as others. */
    static boolean agrees(Supplier<? extends Xxh3.Stream128> others) {
        Xxh3.Stream128 all = new SystemStream128();
        Xxh3.Stream128 expected = others.get();
        for (int length : LENGTHS) {
            byte[] bytes = new byte[length];
            for (int i = 0; i < length; i++) {
                bytes[i] = (byte) (i * 31 + length);
            }
            all.put(bytes, 0, length);
            expected.put(bytes, 0, length);
            if (!all.hex().equals(expected.hex())) {
                return false;
            }
        }
        return true;
    }
}
