package org.pgkeep.postgres.wal;

/**
 * Numbers in bytes as PostgreSQL writes them on the machines that it and we run on. By hand, since in a run of a tenth of a second
 * only the simplest code gets compiled.
 */
final class LittleEndian {
    private LittleEndian() {}

    static int uint16(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) | ((bytes[at + 1] & 0xFF) << 8);
    }

    static int int32(byte[] bytes, int at) {
        return (bytes[at] & 0xFF)
                | ((bytes[at + 1] & 0xFF) << 8)
                | ((bytes[at + 2] & 0xFF) << 16)
                | (bytes[at + 3] << 24);
    }

    static long int64(byte[] bytes, int at) {
        return Integer.toUnsignedLong(int32(bytes, at)) | ((long) int32(bytes, at + 4) << 32);
    }
}
