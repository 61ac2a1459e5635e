package org.pgkeep.postgres;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * CRC-32C, PostgreSQL's checksum of {@code backup_manifest}, {@code pg_control} and WAL records ({@code port/pg_crc32c.h}), of a
 * whole from its pieces, whatever the order in which they come: the checksum is affine over GF(2), so a file's is the exclusive or
 * of what each piece contributes, and stretches of zeros contribute nothing.
 *
 * <pre>
 * crc(file) = crc(zeros of the same length) ^ ⨁ share(piece)
 * share(piece) = (crc(piece) ^ crc(zeros of its length)) · x^(8 · bytes after it)    mod the Castagnoli polynomial
 * crc(a b) = crc(a) · x^(8 · bytes of b) ^ crc(b)
 * </pre>
 */
public final class CrcSum {
    /** x^32 is left out; bit 31 is x^0, as everywhere in a reflected CRC. */
    private static final int POLYNOMIAL = 0x82F63B78;

    private static final int ONE = 0x80000000;

    /** x^(8 · 2^k): the factor by which 2^k bytes that follow change a remainder. */
    private static final int[] BYTE_POWERS = bytePowers();

    /** For each k, made when it is needed: the products of that factor with each value of each of a remainder's four bytes. */
    private static final AtomicReferenceArray<int @Nullable []> PRODUCTS = new AtomicReferenceArray<>(Long.SIZE);

    private CrcSum() {}

    /** The checksums of blocks of zeros: most pieces are some blocks. */
    private static final class Zeros {
        static final int BLOCK_BYTES = 8192;
        static final int MOST = 128;
        private static final int[] SUMS = new int[MOST + 1];

        static {
            for (int blocks = 0; blocks <= MOST; blocks++) {
                SUMS[blocks] = ~shift(~0, (long) blocks * BLOCK_BYTES);
            }
        }

        private Zeros() {}
    }

    private static int[] bytePowers() {
        int[] powers = new int[Long.SIZE];
        powers[0] = ONE >>> 8;
        for (int k = 1; k < powers.length; k++) {
            powers[k] = multiply(powers[k - 1], powers[k - 1]);
        }
        return powers;
    }

    /** What a piece contributes to the checksum of a file in which this many bytes follow it. */
    public static int share(byte[] content, int offset, int length, long bytesAfter) {
        CRC32C crc = new CRC32C();
        crc.update(content, offset, length);
        return shift((int) crc.getValue() ^ ofZeros(length), bytesAfter);
    }

    /** The checksum of a file of zeros, to which shares are added by exclusive or. */
    public static int ofZeros(long bytes) {
        boolean isKnown = bytes % Zeros.BLOCK_BYTES == 0 && bytes <= Zeros.MOST * Zeros.BLOCK_BYTES;
        return isKnown ? Zeros.SUMS[(int) (bytes / Zeros.BLOCK_BYTES)] : ~shift(~0, bytes);
    }

    /**
     * The checksum of two pieces one after the other; or, since that is its own inverse, of the second from those of the first and
     * of both.
     *
     * @param first checksum of the first piece
     * @param second checksum of the second piece, or of both
     * @param secondBytes length of the second piece
     */
    public static int combined(int first, int second, long secondBytes) {
        return shift(first, secondBytes) ^ second;
    }

    /** A remainder after this many more zero bytes. */
    private static int shift(int remainder, long bytes) {
        int shifted = remainder;
        for (long left = bytes; left != 0; left &= left - 1) {
            int[] products = products(Long.numberOfTrailingZeros(left));
            shifted = products[shifted & 0xFF]
                    ^ products[0x100 | ((shifted >>> 8) & 0xFF)]
                    ^ products[0x200 | ((shifted >>> 16) & 0xFF)]
                    ^ products[0x300 | (shifted >>> 24)];
        }
        return shifted;
    }

    /** Two threads may make the same: then they are equal, and either may be kept. */
    private static int[] products(int k) {
        int @Nullable [] known = PRODUCTS.get(k);
        if (known != null) {
            return known;
        }
        int[] made = new int[4 << 8];
        for (int lane = 0; lane < 4; lane++) {
            int base = lane << 8;
            for (int value = 1; value < 256; value++) {
                int lowest = value & -value;
                made[base | value] = value == lowest
                        ? multiply(value << (8 * lane), BYTE_POWERS[k])
                        : made[base | lowest] ^ made[base | (value ^ lowest)];
            }
        }
        PRODUCTS.set(k, made);
        return made;
    }

    /** The product of two polynomials, modulo the CRC's. */
    private static int multiply(int a, int b) {
        int product = 0;
        int power = b;
        for (int left = a; left != 0; left <<= 1) {
            product ^= power & (left >> 31);
            power = (power >>> 1) ^ (POLYNOMIAL & -(power & 1));
        }
        return product;
    }
}
