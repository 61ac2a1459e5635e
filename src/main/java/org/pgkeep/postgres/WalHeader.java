package org.pgkeep.postgres;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * The long page header at the beginning of every WAL segment ({@code XLogLongPageHeaderData},
 * {@code access/xlog_internal.h}): whose WAL it is, and which.
 *
 * @param version that writes pages with this magic number
 * @param timeline of the page; lower than the segment's when the timeline began in the middle of the segment
 * @param pageAddress LSN of the segment's first byte
 * @param systemIdentifier of the cluster, unsigned
 * @param segmentBytes WAL segment size
 * @param blockBytes WAL page size
 */
public record WalHeader(
        MajorVersion version, int timeline, Lsn pageAddress, long systemIdentifier, int segmentBytes, int blockBytes) {
    /** Size of the header. */
    public static final int BYTES = 40;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** {@code XLP_LONG_HEADER}. */
    private static final int LONG_HEADER = 0x0002;

    /** {@code XLP_ALL_FLAGS}. */
    private static final int ALL_FLAGS = 0x000F;

    /**
     * Reads the beginning of a segment.
     *
     * @param bytes at least the first {@value #BYTES} bytes
     * @param file named in errors
     * @throws PgkeepException {@code CLUSTER_DAMAGED} when it is not the beginning of a segment of a known version
     */
    public static WalHeader parse(byte[] bytes, String file) {
        if (bytes.length < BYTES) {
            throw damaged(file, "it is shorter than a page header");
        }
        int magic = Short.toUnsignedInt((short) SHORT.get(bytes, 0));
        MajorVersion version = MajorVersion.ofWalMagic(magic)
                .orElseThrow(() -> damaged(file, "magic number 0x%04X is of no known version".formatted(magic)));
        int flags = Short.toUnsignedInt((short) SHORT.get(bytes, 2));
        if ((flags & LONG_HEADER) == 0 || (flags & ~ALL_FLAGS) != 0) {
            throw damaged(file, "page flags 0x%04X are not those of a segment's first page".formatted(flags));
        }
        return new WalHeader(
                version,
                (int) INT.get(bytes, 4),
                new Lsn((long) LONG.get(bytes, 8)),
                (long) LONG.get(bytes, 24),
                (int) INT.get(bytes, 32),
                (int) INT.get(bytes, 36));
    }

    private static PgkeepException damaged(String file, String why) {
        return new PgkeepException(ErrorCode.CLUSTER_DAMAGED, file + " is not a sound WAL segment: " + why);
    }

    /**
     * Refuses a segment of another cluster, of another version, or under a wrong name.
     *
     * @param name the file's name
     * @param expectedIdentifier system identifier of the cluster
     * @param expectedVersion of the cluster
     * @throws PgkeepException {@code CLUSTER_MISMATCH} or {@code CLUSTER_DAMAGED}
     */
    public void require(SegmentName name, long expectedIdentifier, MajorVersion expectedVersion) {
        if (systemIdentifier != expectedIdentifier) {
            throw mismatch(
                    name,
                    "system identifier " + Long.toUnsignedString(systemIdentifier),
                    Long.toUnsignedString(expectedIdentifier));
        }
        if (version != expectedVersion) {
            throw mismatch(name, "PostgreSQL " + version.text(), expectedVersion.text());
        }
        if (!pageAddress.equals(name.start(segmentBytes))) {
            throw damaged(name.toString(), "its first page is that of " + pageAddress);
        }
        if (Integer.compareUnsigned(timeline, name.timeline()) > 0) {
            throw damaged(name.toString(), "its first page is of timeline " + Integer.toUnsignedString(timeline));
        }
    }

    /**
     * Refuses sizes that no server has.
     *
     * @param file named in errors
     * @throws PgkeepException {@code CLUSTER_DAMAGED}
     */
    public void requireSizes(String file) {
        boolean sound = isPowerOfTwo(segmentBytes, 1 << 20, 1 << 30) && isPowerOfTwo(blockBytes, 1 << 10, 1 << 16);
        if (!sound) {
            throw damaged(file, "it tells of segments of %d and pages of %d bytes".formatted(segmentBytes, blockBytes));
        }
    }

    private static boolean isPowerOfTwo(int bytes, int min, int max) {
        return bytes >= min && bytes <= max && Integer.bitCount(bytes) == 1;
    }

    private static PgkeepException mismatch(SegmentName name, String found, String expected) {
        return new PgkeepException(
                ErrorCode.CLUSTER_MISMATCH,
                "WAL segment %s is of another cluster: it has %s, expected %s".formatted(name, found, expected),
                "Check that the server and the cluster named on the command line are the same.");
    }
}
