package org.pgkeep.repository;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The last long array of texts that a reader of many records came by. An incremental backup's record names again what the record of the one
 * before it named, and then a little more: of ten thousand records' million texts nearly all are passed by comparing bytes. Thread-safe.
 */
final class RepeatedTexts {
    /** Shorter ones are read as quickly. */
    private static final int TEXTS_MIN = 8;

    private volatile Array last = new Array(new byte[0], 0);

    /** An array of texts, in the bytes of its record, as far as it was read. Not thread-safe, but once it is remembered it does not change. */
    static final class Array {
        private final byte[] json;
        private final int begin;
        private final List<String> texts = new ArrayList<>();
        private int[] ends = new int[TEXTS_MIN];

        private Array(byte[] json, int begin) {
            this.json = json;
            this.begin = begin;
        }

        /** Another text, whose quotation mark ends before this place. */
        void add(String text, int end) {
            if (texts.size() == ends.length) {
                ends = Arrays.copyOf(ends, 2 * ends.length);
            }
            ends[texts.size()] = end - begin;
            texts.add(text);
        }

        List<String> texts() {
            return texts;
        }

        /** Behind the last text; the beginning if there is none. */
        int end() {
            return texts.isEmpty() ? begin : begin + ends[texts.size() - 1];
        }

        /** How many of another one's texts this one begins with. */
        private int common(Array other) {
            int most = Math.min(other.end() - other.begin, json.length - begin);
            int mismatch = Arrays.mismatch(other.json, other.begin, other.begin + most, json, begin, begin + most);
            int same = mismatch < 0 ? most : mismatch;
            int found = Arrays.binarySearch(other.ends, 0, other.texts.size(), same);
            return found >= 0 ? found + 1 : -found - 1;
        }

        private void take(Array other, int count) {
            ends = Arrays.copyOf(other.ends, Math.max(count, TEXTS_MIN));
            texts.addAll(other.texts.subList(0, count));
        }
    }

    /** An array that begins here, with the texts that the last one began with, if its bytes are the same so far. */
    Array begin(byte[] json, int begin) {
        Array array = new Array(json, begin);
        Array known = last;
        array.take(known, array.common(known));
        return array;
    }

    /** An array was read to its end. */
    void remember(Array array) {
        if (array.texts.size() >= TEXTS_MIN) {
            last = array;
        }
    }
}
