package org.pgkeep.harness;

import java.util.ArrayList;
import java.util.List;

/** What was killed when, for the message of whatever fails after it. */
public final class KillStory {
    private final long seed;
    private final List<String> events = new ArrayList<>();
    private int kills;
    private int misses;

    /** Of a run with this seed. */
    public KillStory(long seed) {
        this.seed = seed;
    }

    /** A process was killed so many milliseconds after it was started. */
    public void killed(String what, long afterMillis) {
        kills++;
        misses = 0;
        events.add(what + " killed after " + afterMillis + " ms");
    }

    /** A process ended before it could be killed. */
    public void ended(String what, long afterMillis) {
        misses++;
        events.add(what + " ended within " + afterMillis + " ms");
    }

    /** How many were killed. */
    public int kills() {
        return kills;
    }

    /** How many ended in order since the last one that was killed. */
    int missesInARow() {
        return misses;
    }

    @Override
    public String toString() {
        return "seed " + seed + ", " + kills + " kills: " + String.join(", ", events);
    }
}
