package org.pgkeep.expire;

import java.util.ArrayList;
import java.util.List;

/** Numbers of segments, as runs without a gap, in order. */
public record Runs(List<Run> runs) {
    /** None. */
    public static final Runs NONE = new Runs(List.of());

    /** From the first to the last, both there. */
    public record Run(long first, long last) {
        long count() {
            return last - first + 1;
        }
    }

    public Runs {
        runs = List.copyOf(runs);
    }

    boolean isEmpty() {
        return runs.isEmpty();
    }

    long last() {
        return runs.getLast().last;
    }

    /** Whether all from the first to the last are there. */
    boolean covers(long first, long last) {
        return runs.stream().anyMatch(run -> run.first <= first && last <= run.last);
    }

    /** Those of them from the first to the last. */
    List<Run> within(long first, long last) {
        List<Run> within = new ArrayList<>();
        for (Run run : runs) {
            if (run.last >= first && run.first <= last) {
                within.add(new Run(Math.max(first, run.first), Math.min(last, run.last)));
            }
        }
        return within;
    }

    /** Collects numbers that come in ascending order; the same one may come again. */
    static final class Collector {
        private final List<Run> runs = new ArrayList<>();
        private long first = -1;
        private long last = -1;

        void add(long number) {
            if (first >= 0 && number > last + 1) {
                runs.add(new Run(first, last));
                first = -1;
            }
            first = first < 0 ? number : first;
            last = number;
        }

        Runs runs() {
            List<Run> all = new ArrayList<>(runs);
            if (first >= 0) {
                all.add(new Run(first, last));
            }
            return new Runs(all);
        }
    }
}
