package org.pgkeep.spool;

/** A bottom-up merge sort over a flat array: records are moved whole, nothing is boxed, sorted input costs one pass. */
final class RecordSort {
    private RecordSort() {}

    /** Sorts the first {@code count} records of {@code width} longs in place by their first {@code keyLongs}, unsigned. */
    static void sort(long[] records, int count, int width, int keyLongs) {
        if (isSorted(records, count, width, keyLongs)) {
            return;
        }
        long[] source = records;
        long[] target = new long[count * width];
        boolean swapped = false;
        for (int run = 1; run < count; run *= 2) {
            for (int left = 0; left < count; left += 2 * run) {
                int middle = Math.min(left + run, count);
                merge(source, target, left, middle, Math.min(left + 2 * run, count), width, keyLongs);
            }
            long[] swap = source;
            source = target;
            target = swap;
            swapped = !swapped;
        }
        if (swapped) {
            System.arraycopy(source, 0, records, 0, count * width);
        }
    }

    private static boolean isSorted(long[] records, int count, int width, int keyLongs) {
        for (int i = 1; i < count; i++) {
            if (compare(records, (i - 1) * width, records, i * width, keyLongs) > 0) {
                return false;
            }
        }
        return true;
    }

    private static void merge(long[] source, long[] target, int left, int middle, int right, int width, int keyLongs) {
        int a = left;
        int b = middle;
        for (int at = left; at < right; at++) {
            boolean takeLeft =
                    b >= right || (a < middle && compare(source, a * width, source, b * width, keyLongs) <= 0);
            int from = takeLeft ? a++ : b++;
            System.arraycopy(source, from * width, target, at * width, width);
        }
    }

    /** Compares two records' keys as unsigned numbers. */
    static int compare(long[] a, int aOffset, long[] b, int bOffset, int keyLongs) {
        for (int i = 0; i < keyLongs; i++) {
            int order = Long.compareUnsigned(a[aOffset + i], b[bOffset + i]);
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }
}
