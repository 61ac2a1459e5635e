package org.pgkeep.codec;

import com.dynatrace.hash4j.hashing.HashStream128;
import com.dynatrace.hash4j.hashing.HashStream64;
import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;

/**
 * XXH3 with seed 0 (github.com/Cyan4973/xxHash), against accidents: it finds flipped and lost bytes, not an attacker's work.
 */
public final class Xxh3 {
    private static final Hasher64 HASHER = Hashing.xxh3_64();

    /** As much as Java wants to see of a method before it compiles it, and no more. */
    private static final int WARM_UP_BYTES = 1 << 14;

    /** Once it is known that the system has a library, and that it hashes as this one. */
    private static volatile boolean bySystem;

    private static volatile boolean streamsBySystem;

    private Xxh3() {}

    /**
     * Has blocks hashed by the system's library from some moment on, if it has one ({@code libxxhash.so.0}): looks for it, for 60 ms, beside
     * what else begins. Worth it for who hashes gigabytes.
     */
    public static void prepare() {
        Thread.ofPlatform().daemon().name("hash").start(() -> bySystem = isInSystem());
    }

    /** The same for {@link #stream128} that begin after that moment. */
    public static void prepareStreams() {
        Thread.ofPlatform().daemon().name("hash").start(() -> streamsBySystem = streamsAreInSystem());
    }

    private static boolean isInSystem() {
        try {
            return SystemXxh3.agrees(bytes -> HASHER.hashBytesToLong(bytes, 0, bytes.length));
        } catch (LinkageError | RuntimeException e) {
            return false;
        }
    }

    private static boolean streamsAreInSystem() {
        try {
            return SystemStream128.agrees(JavaStream128::new);
        } catch (LinkageError | RuntimeException e) {
            return false;
        }
    }

    /**
     * Hashes a little for nothing, with a new process's first segment to come: Java compiles the hash then while something else is done, and
     * before what that needs compiled.
     */
    public static void warmUp() {
        stream128().put(new byte[WARM_UP_BYTES], 0, WARM_UP_BYTES);
    }

    /** The 64-bit hash of a range. */
    public static long hash(byte[] bytes, int offset, int length) {
        return bySystem ? SystemXxh3.hash(bytes, offset, length) : HASHER.hashBytesToLong(bytes, offset, length);
    }

    /** A 64-bit hash that is fed piece by piece. */
    public static Stream64 stream64() {
        return new Stream64(HASHER.hashStream());
    }

    /** A 128-bit hash that is fed piece by piece. */
    public static Stream128 stream128() {
        return streamsBySystem ? new SystemStream128() : new JavaStream128();
    }

    /** A 64-bit hash in progress; for one thread. */
    public static final class Stream64 {
        private final HashStream64 stream;

        private Stream64(HashStream64 stream) {
            this.stream = stream;
        }

        /** Feeds a range. */
        public void put(byte[] bytes, int offset, int length) {
            stream.putBytes(bytes, offset, length);
        }

        /** Feeds eight bytes, lowest first. */
        public void putLong(long value) {
            stream.putLong(value);
        }

        /** The hash of everything fed so far. */
        public long value() {
            return stream.getAsLong();
        }
    }

    /** A 128-bit hash in progress; for one thread. */
    public sealed interface Stream128 permits JavaStream128, SystemStream128 {
        /** Feeds a range. */
        void put(byte[] bytes, int offset, int length);

        /** The hash of everything fed so far: 32 lower-case hexadecimal digits, as {@code xxhsum -H2} prints it. */
        String hex();
    }

    /** By Java's own code. */
    static final class JavaStream128 implements Stream128 {
        private final HashStream128 stream = Hashing.xxh3_128().hashStream();

        @Override
        public void put(byte[] bytes, int offset, int length) {
            stream.putBytes(bytes, offset, length);
        }

        @Override
        public String hex() {
            HashValue128 value = stream.get();
            return hex16(value.getMostSignificantBits()) + hex16(value.getLeastSignificantBits());
        }
    }

    /** Sixteen lower-case hexadecimal digits. */
    public static String hex16(long value) {
        String digits = Long.toHexString(value);
        return "0".repeat(16 - digits.length()) + digits;
    }
}
