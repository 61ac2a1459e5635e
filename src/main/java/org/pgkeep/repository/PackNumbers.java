package org.pgkeep.repository;

import java.util.BitSet;
import java.util.Objects;
import java.util.Optional;

/** A set of packs of one backup, in records as {@code 1-38,40}. Not thread-safe. */
public final class PackNumbers {
    /** Packs of a backup: {@code 2^20}. */
    private static final int MAX = 1 << 20;

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

    /** How many there are. */
    public int count() {
        return numbers.cardinality();
    }

    /** Ranges in ascending order, joined by commas; empty for none. */
    public String print() {
        StringBuilder text = new StringBuilder();
        for (int first = numbers.nextSetBit(0); first >= 0; ) {
            int end = numbers.nextClearBit(first);
            text.append(text.isEmpty() ? "" : ",").append(first);
            if (end > first + 1) {
                text.append('-').append(end - 1);
            }
            first = numbers.nextSetBit(end);
        }
        return text.toString();
    }

    /** The set in this text; empty when it is none: ranges must ascend. */
    static Optional<PackNumbers> parse(String text) {
        PackNumbers parsed = new PackNumbers();
        int last = 0;
        for (String range : text.split(",", -1)) {
            int dash = range.indexOf('-');
            int first = number(dash < 0 ? range : range.substring(0, dash));
            int end = dash < 0 ? first : number(range.substring(dash + 1));
            if (first <= last || end < first) {
                return Optional.empty();
            }
            parsed.numbers.set(first, end + 1);
            last = end;
        }
        return Optional.of(parsed);
    }

    /** -1 for what is no number of a pack. */
    private static int number(String digits) {
        boolean sound =
                !digits.isEmpty() && digits.length() <= 7 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        int number = sound ? Integer.parseInt(digits) : -1;
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
