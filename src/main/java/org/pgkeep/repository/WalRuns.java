package org.pgkeep.repository;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.pgkeep.postgres.SegmentName;

/** Segments of one database cluster that were found sound, as runs without a gap. Not thread-safe. */
public final class WalRuns {
    private final NavigableMap<SegmentName, Run> runs = new TreeMap<>();

    /**
     * Segments that follow on one another.
     *
     * @param at when they were found sound
     */
    public record Run(SegmentName first, SegmentName last, Instant at) {}

    /** These. */
    public WalRuns(List<Run> list) {
        list.forEach(run -> runs.put(run.first, run));
    }

    /** When a segment was found sound; empty when that is not known. */
    public Optional<Instant> look(SegmentName segment) {
        return Optional.ofNullable(runs.floorEntry(segment))
                .map(entry -> entry.getValue())
                .filter(run -> segment.timeline() == run.last.timeline() && segment.compareTo(run.last) <= 0)
                .map(Run::at);
    }

    /** One more was found sound; they come in order. */
    public void add(SegmentName segment, Instant at, int segmentBytes) {
        Run last = runs.isEmpty()
                ? new Run(segment, segment, at)
                : runs.lastEntry().getValue();
        boolean follows = last.at.equals(at) && last.last.next(segmentBytes).equals(segment);
        Run grown = follows ? new Run(last.first, segment, at) : new Run(segment, segment, at);
        runs.put(grown.first, grown);
    }

    /** One of them was not. */
    public void remove(SegmentName segment, int segmentBytes) {
        Optional<Run> within = Optional.ofNullable(runs.floorEntry(segment))
                .map(entry -> entry.getValue())
                .filter(run -> segment.compareTo(run.last) <= 0);
        if (within.isEmpty()) {
            return;
        }
        Run run = within.get();
        runs.remove(run.first);
        SegmentName before = run.first;
        while (before.compareTo(segment) < 0 && !before.next(segmentBytes).equals(segment)) {
            before = before.next(segmentBytes);
        }
        if (before.compareTo(segment) < 0) {
            runs.put(run.first, new Run(run.first, before, run.at));
        }
        if (segment.compareTo(run.last) < 0) {
            SegmentName next = segment.next(segmentBytes);
            runs.put(next, new Run(next, run.last, run.at));
        }
    }

    /** All, in order. */
    public List<Run> list() {
        return new ArrayList<>(runs.values());
    }
}
