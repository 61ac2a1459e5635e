package org.pgkeep.postgres;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Decides about pages as the server does when it reads one ({@code PageIsVerified}, {@code storage/page/bufpage.c}), with
 * the checksum of {@code storage/checksum_impl.h}: 32 sums over interleaved 32-bit words, each a variant of FNV-1a, folded
 * by exclusive or. Written so that the JIT compiler makes vector instructions of it.
 *
 * <p>Holds working memory: one per thread. A check allocates nothing unless the page is bad.
 */
public final class PageCheck {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private static final byte[] ZEROS = new byte[1 << 15];

    // struct PageHeaderData, storage/bufpage.h
    private static final int CHECKSUM = 8;
    private static final int FLAGS = 10;
    private static final int LOWER = 12;
    private static final int UPPER = 14;
    private static final int SPECIAL = 16;
    private static final int VALID_FLAGS = 0x7;

    private static final int SUMS = 32;
    private static final int ROW_BYTES = SUMS * Integer.BYTES;
    private static final int FNV_PRIME = 16777619;

    /** {@code checksumBaseOffsets}: random, so that equal columns do not cancel each other out. */
    static final int[] BASE_OFFSETS = {
        0x5B1F36E9, 0xB8525960, 0x02AB50AA, 0x1DE66D2A, 0x79FF467A, 0x9BB9F8A3, 0x217E7CD2, 0x83E13D2C,
        0xF8D4474F, 0xE39EB970, 0x42C6AE16, 0x993216FA, 0x7B093B5D, 0x98DAFF3C, 0xF718902A, 0x0B1C9CDB,
        0xE58F764B, 0x187636BC, 0x5D7B3BB1, 0xE73DE7DE, 0x92BEC979, 0xCCA6C0B2, 0x304A0979, 0x85AA43D4,
        0x783125BB, 0x6CA8EAA2, 0xE407EAC6, 0x4B5CFC3E, 0x9FBF8C76, 0x15CA20BE, 0xF2CA9FD3, 0x959BD756
    };

    private final int blockBytes;
    private final boolean checksums;
    private final int[] sums = new int[SUMS];

    /**
     * A check for the pages of one cluster.
     *
     * @param blockBytes a power of two from 1 KiB to 32 KiB
     * @param checksums whether the cluster's pages have checksums; else only headers are checked
     */
    public PageCheck(int blockBytes, boolean checksums) {
        if (blockBytes < 1 << 10 || blockBytes > ZEROS.length || Integer.bitCount(blockBytes) != 1) {
            throw new IllegalArgumentException("block size " + blockBytes);
        }
        this.blockBytes = blockBytes;
        this.checksums = checksums;
    }

    /** A check for the pages of the cluster that this control file describes. */
    public static PageCheck of(ControlFile control) {
        return new PageCheck(control.layout().blockBytes(), control.hasChecksums());
    }

    /**
     * Decides about the page that begins at {@code offset}.
     *
     * @param block the page's number within its fork, over all segment files: 0 to 2^32-2
     */
    public PageVerdict check(byte[] bytes, int offset, long block) {
        int upper = getShort(bytes, offset + UPPER);
        if (upper == 0) {
            return isZero(bytes, offset)
                    ? PageVerdict.Good.NEW
                    : new PageVerdict.BadHeader("not zero, but marked as new");
        }
        if (checksums) {
            int found = getShort(bytes, offset + CHECKSUM);
            int expected = checksum(bytes, offset, block);
            if (found != expected) {
                return new PageVerdict.BadChecksum(expected, found);
            }
        }
        return hasSaneHeader(bytes, offset, upper)
                ? PageVerdict.Good.SOUND
                : new PageVerdict.BadHeader("flags 0x%04X, lower %d, upper %d, special %d"
                        .formatted(
                                getShort(bytes, offset + FLAGS),
                                getShort(bytes, offset + LOWER),
                                upper,
                                getShort(bytes, offset + SPECIAL)));
    }

    /** Whether all bytes of the page are zero. */
    public boolean isZero(byte[] bytes, int offset) {
        return Arrays.equals(bytes, offset, offset + blockBytes, ZEROS, 0, blockBytes);
    }

    /** The LSN of the WAL record after which the page was last written ({@code pd_lsn}: high half first). */
    public static Lsn lsn(byte[] bytes, int offset) {
        long high = Integer.toUnsignedLong((int) INT.get(bytes, offset));
        return new Lsn(high << 32 | Integer.toUnsignedLong((int) INT.get(bytes, offset + 4)));
    }

    /** {@code pg_checksum_page}: as if the stored checksum were zero; 1 to 65535. */
    int checksum(byte[] bytes, int offset, long block) {
        int hash = hash(bytes, offset) ^ (int) block;
        return Integer.remainderUnsigned(hash, 65535) + 1;
    }

    private int hash(byte[] bytes, int offset) {
        System.arraycopy(BASE_OFFSETS, 0, sums, 0, SUMS);
        mixFirstRow(sums, bytes, offset);
        for (int row = offset + ROW_BYTES; row < offset + blockBytes; row += ROW_BYTES) {
            mixRow(sums, bytes, row);
        }
        int hash = 0;
        for (int i = 0; i < SUMS; i++) {
            hash ^= mix(mix(sums[i], 0), 0);
        }
        return hash;
    }

    /** The checksum shares its word with the flags above it. */
    private static void mixFirstRow(int[] sums, byte[] bytes, int row) {
        for (int i = 0; i < SUMS; i++) {
            int word = (int) INT.get(bytes, row + i * Integer.BYTES);
            sums[i] = mix(sums[i], i * Integer.BYTES == CHECKSUM ? word & 0xFFFF_0000 : word);
        }
    }

    private static void mixRow(int[] sums, byte[] bytes, int row) {
        for (int i = 0; i < SUMS; i++) {
            sums[i] = mix(sums[i], (int) INT.get(bytes, row + i * Integer.BYTES));
        }
    }

    private static int mix(int sum, int word) {
        int mixed = sum ^ word;
        return mixed * FNV_PRIME ^ mixed >>> 17;
    }

    private boolean hasSaneHeader(byte[] bytes, int offset, int upper) {
        int lower = getShort(bytes, offset + LOWER);
        int special = getShort(bytes, offset + SPECIAL);
        boolean ordered = lower <= upper && upper <= special && special <= blockBytes;
        boolean aligned = special % 8 == 0;
        return ordered && aligned && (getShort(bytes, offset + FLAGS) & ~VALID_FLAGS) == 0;
    }

    private static int getShort(byte[] bytes, int offset) {
        return Short.toUnsignedInt((short) SHORT.get(bytes, offset));
    }
}
