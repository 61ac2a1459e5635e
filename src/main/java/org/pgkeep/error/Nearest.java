package org.pgkeep.error;

import java.util.Collection;
import java.util.Optional;

/** The name that someone probably meant, for hints. */
public final class Nearest {
    private Nearest() {}

    /**
     * The known name fewest typing mistakes away (a letter more, less, other, or two swapped); empty if more than a third of
     * the letters would be mistakes.
     */
    public static Optional<String> to(String typed, Collection<String> known) {
        String best = "";
        int bestDistance = Math.max(1, typed.length() / 3) + 1;
        for (String name : known) {
            int distance = distance(typed, name);
            if (distance < bestDistance) {
                bestDistance = distance;
                best = name;
            }
        }
        return best.isEmpty() ? Optional.empty() : Optional.of(best);
    }

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
