package org.pgkeep.repository;

import java.util.BitSet;
import java.util.Objects;
import java.util.Optional;

/** A set of packs of one backup, in records as {@code 1-38,40}. Not thread-safe. */
public final class PackNumbers {
    /** Packs of a backup: {@code 2^20 - 1}, 256 TiB of packs of the usual length. */
    public static final int MAX = (1 << 20) - 1;

    private static final int DIGITS_MAX = 7;

    private final BitSet numbers = new BitSet();

    /** Adds one, from 1. */
    public void add(int number) {
        numbers.set(number);
    }

    /** Adds all of the others. */
    public void addAll(PackNumbers others) {
        numbers.or(others.numbers);
    }

    /** Whether this one is in the set. */
    public boolean contains(int number) {
        return numbers.get(number);
    }

    /** All of them, ascending. */
    int[] numbers() {
        return numbers.stream().toArray();
    }

    /** What is done with each range. */
    public interface RangeAction {
        /** With the first and the last number of the range. */
        void accept(int first, int last);
    }

    /** Goes over all of them, range by range, ascending. */
    public void forEachRange(RangeAction action) {
        for (int first = numbers.nextSetBit(0); first >= 0; ) {
            int end = numbers.nextClearBit(first);
            action.accept(first, end - 1);
            first = numbers.nextSetBit(end);
        }
    }

    /** How many there are. */
    public int count() {
        return numbers.cardinality();
    }

    /** Ranges in ascending order, joined by commas; empty for none. */
    public String print() {
        StringBuilder text = new StringBuilder();
        forEachRange((first, last) -> {
            text.append(text.isEmpty() ? "" : ",").append(first);
            if (last > first) {
                text.append('-').append(last);
            }
        });
        return text.toString();
    }

    /** The set in this text; empty when it is none: ranges must ascend. */
    static Optional<PackNumbers> parse(String text) {
        return parse(text, 0);
    }

    /** The same with what begins at this place in a text. */
    static Optional<PackNumbers> parse(String text, int begin) {
        PackNumbers parsed = new PackNumbers();
        int last = 0;
        for (int from = begin; from <= text.length(); ) {
            int comma = text.indexOf(',', from);
            int to = comma < 0 ? text.length() : comma;
            int dash = text.indexOf('-', from);
            boolean isRange = dash >= 0 && dash < to;
            int first = number(text, from, isRange ? dash : to);
            int end = isRange ? number(text, dash + 1, to) : first;
            if (first <= last || end < first) {
                return Optional.empty();
            }
            parsed.numbers.set(first, end + 1);
            last = end;
            from = to + 1;
        }
        return Optional.of(parsed);
    }

    /** -1 for what is no number of a pack. */
    private static int number(String text, int from, int to) {
        int number = to > from && to - from <= DIGITS_MAX ? 0 : -1;
        for (int i = from; i < to && number >= 0; i++) {
            char digit = text.charAt(i);
            number = digit >= '0' && digit <= '9' ? 10 * number + digit - '0' : -1;
        }
        return number <= MAX ? number : -1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PackNumbers packs && numbers.equals(packs.numbers);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(numbers);
    }

    @Override
    public String toString() {
        return print();
    }
}
