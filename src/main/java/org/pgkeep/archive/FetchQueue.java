package org.pgkeep.archive;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.TimelineHistory;

/**
 * Which file the prefetcher gets next: what a launcher waits for, then the segments that follow the one that PostgreSQL got last, as many as
 * may wait. Not thread-safe.
 */
final class FetchQueue {
    /** Far more than ever need wait. */
    private static final int WINDOW_MAX = 10_000;

    private final long bytesMax;
    private final Map<String, String> wanted = new LinkedHashMap<>();
    private final Map<String, Task> running = new HashMap<>();
    private final Set<String> ready = new HashSet<>();
    private Set<String> window = Set.of();
    private Optional<TimelineHistory> route = Optional.empty();
    private boolean ahead;

    /** May hold so many bytes of segments, and always one segment. */
    FetchQueue(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /**
     * A file to get.
     *
     * @param request who waits for it; empty when it is got ahead
     */
    record Task(String file, Optional<String> request) {}

    /** A launcher waits for it; the last request for a file counts. */
    void wanted(String file, String request) {
        wanted.put(file, request);
    }

    /** The next to get, which runs from now on; empty when there is nothing to do now. */
    Optional<Task> next() {
        Optional<Task> next = firstWanted().or(this::firstAhead);
        next.ifPresent(task -> {
            wanted.remove(task.file());
            running.put(task.file(), task);
        });
        return next;
    }

    /** One that is got ahead already is not got twice. */
    private Optional<Task> firstWanted() {
        return wanted.entrySet().stream()
                .filter(entry -> !running.containsKey(entry.getKey()))
                .findFirst()
                .map(entry -> new Task(entry.getKey(), Optional.of(entry.getValue())));
    }

    private Optional<Task> firstAhead() {
        return !ahead
                ? Optional.empty()
                : window.stream()
                        .filter(file -> !ready.contains(file) && !running.containsKey(file))
                        .findFirst()
                        .map(file -> new Task(file, Optional.empty()));
    }

    /** A launcher gets this file, which it waited for. */
    void given(Task task, long bytes) {
        running.remove(task.file());
        SegmentName.parse(task.file()).ifPresent(segment -> moveAfter(segment, (int) bytes));
    }

    /** PostgreSQL has this history: where it says that the timeline changes, what follows is on the next. */
    void follow(TimelineHistory history) {
        route = Optional.of(history);
    }

    /** A file that was got ahead is there; false when it is not among the next any more. */
    boolean fetched(String file) {
        running.remove(file);
        boolean needed = window.contains(file) || wanted.containsKey(file);
        if (needed) {
            wanted.remove(file);
            ready.add(file);
        }
        return needed;
    }

    /** There is no such file, or getting it failed. What was ahead of requests ends here, until something is given or taken. */
    void ended(Task task) {
        running.remove(task.file());
        if (task.request().isEmpty()) {
            ahead = false;
        }
    }

    /** A launcher took what was got ahead: the next come up. False when it was none of these. */
    boolean taken(String file, int segmentBytes) {
        if (!ready.remove(file)) {
            return false;
        }
        SegmentName.parse(file).ifPresent(segment -> moveAfter(segment, segmentBytes));
        return true;
    }

    private void moveAfter(SegmentName segment, int segmentBytes) {
        int count = Math.clamp(bytesMax / segmentBytes, 1, WINDOW_MAX);
        Set<String> next = new LinkedHashSet<>();
        SegmentName last = segment;
        for (int i = 0; i < count; i++) {
            last = successor(last, segmentBytes);
            next.add(last.toString());
        }
        window = next;
        ahead = true;
    }

    /** PostgreSQL reads a segment in which the timeline changes from the new one ({@code XLogFileReadAnyTLI}). */
    private SegmentName successor(SegmentName segment, int segmentBytes) {
        SegmentName next = segment.next(segmentBytes);
        boolean onRoute = route.isPresent()
                && (route.get().timeline() == segment.timeline()
                        || route.get().ancestors().stream()
                                .anyMatch(ancestor -> ancestor.timeline() == segment.timeline()));
        return onRoute
                ? next.onTimeline(
                        route.get().timelineAt(next.start(segmentBytes).plus(segmentBytes - 1L)))
                : next;
    }

    /** What is ready and not among the next any more; it is not ready from now on. */
    List<String> superfluous() {
        List<String> files =
                ready.stream().filter(file -> !window.contains(file)).toList();
        files.forEach(ready::remove);
        return files;
    }

    /** What is ready to be taken. */
    Set<String> ready() {
        return Set.copyOf(ready);
    }

    /** So many of those that will be taken next. */
    List<String> readyNext(int count) {
        return window.stream().filter(ready::contains).limit(count).toList();
    }

    /** Whether it is ready to be taken. */
    boolean isReady(String file) {
        return ready.contains(file);
    }

    /** How many are got now. */
    int running() {
        return running.size();
    }

    /** Whether nothing runs, and nobody waits. */
    boolean isIdle() {
        return running.isEmpty() && wanted.isEmpty();
    }
}
