package org.pgkeep.postgres.wal;

import java.util.Arrays;
import java.util.Optional;

/** Rows of numbers, many of them. */
final class Numbers {
    private final int width;
    private long[] values = new long[1 << 16];
    private int length;

    Numbers(int width) {
        this.width = width;
    }

    void add(long... row) {
        if (length + width > values.length) {
            values = Arrays.copyOf(values, 2 * values.length);
        }
        System.arraycopy(row, 0, values, length, width);
        length += width;
    }

    int count() {
        return length / width;
    }

    /** The first row that is not the same in both; the first number in hexadecimal, as in an LSN. */
    Optional<String> firstDifference(Numbers expected) {
        for (int i = 0; i < Math.max(count(), expected.count()); i++) {
            String mine = row(i);
            String other = expected.row(i);
            if (!mine.equals(other)) {
                return Optional.of("row " + i + ": " + mine + " instead of " + other);
            }
        }
        return Optional.empty();
    }

    private String row(int i) {
        if (i >= count()) {
            return "nothing";
        }
        long[] row = Arrays.copyOfRange(values, i * width, (i + 1) * width);
        return Long.toHexString(row[0]) + " " + Arrays.toString(Arrays.copyOfRange(row, 1, width));
    }
}
