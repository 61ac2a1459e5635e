package org.pgkeep.error;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The name that someone probably meant, for hints. */
public final class Nearest {
    private Nearest() {}

    /**
     * The known name fewest typing mistakes away (a letter more, less, other, or two swapped); empty if more than a third of
     * the letters would be mistakes.
     */
    public static Optional<String> to(String typed, Collection<String> known) {
        return all(typed, known).stream().findFirst();
    }

    /** All known names that someone may have meant, the nearest first, equally near ones in the order in which they are known. */
    public static List<String> all(String typed, Collection<String> known) {
        int most = Math.max(1, typed.length() / 3);
        List<Near> near = new ArrayList<>();
        for (String name : known) {
            int distance = distance(typed, name);
            if (distance <= most) {
                near.add(new Near(name, distance));
            }
        }
        near.sort(Comparator.comparingInt(Near::distance));
        return near.stream().map(Near::name).toList();
    }

    /** A known name, so many mistakes away. */
    private record Near(String name, int distance) {}

    /** Optimal string alignment: edit distance with swaps of neighbours. */
    private static int distance(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + change);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            beforeLast = last;
            last = row;
        }
        return last[b.length()];
    }
}
