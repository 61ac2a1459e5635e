package org.pgkeep.archive;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which file the archiver pushes next. What a launcher waits for comes first, then histories, then what is ready, in order of name. While
 * the last push failed nothing is pushed ahead: only what is waited for. What only some repositories took waits until the others took
 * something, and what comes after it is pushed meanwhile. Not thread-safe.
 */
final class PushQueue {
    /** More names are looked at again when these are done: 1.6 TB of WAL. */
    static final int READY_MAX = 100_000;

    private static final Comparator<String> ORDER =
            Comparator.comparing((String file) -> !file.endsWith(".history")).thenComparing(Comparator.naturalOrder());

    private final TreeSet<String> ready = new TreeSet<>(ORDER);
    private final Set<String> wanted = new LinkedHashSet<>();
    private final Set<String> running = new HashSet<>();
    private final Set<String> partly = new HashSet<>();
    private final Map<String, Long> acknowledged = new HashMap<>();
    private final Map<String, Instant> failing = new HashMap<>();
    private boolean ahead = true;

    /** A file waits in the server's directory. */
    void ready(String file) {
        boolean known = acknowledged.containsKey(file) || running.contains(file) || partly.contains(file);
        if (ready.size() < READY_MAX && !known) {
            ready.add(file);
        }
    }

    /** The server waits for it no more; whether it was acknowledged. */
    boolean gone(String file) {
        ready.remove(file);
        partly.remove(file);
        failing.remove(file);
        return acknowledged.remove(file) != null;
    }

    /** A launcher waits for it. */
    void wanted(String file) {
        wanted.add(file);
    }

    /** The next to push, which runs from now on; empty when there is nothing to do now. */
    Optional<String> next() {
        Optional<String> next = wanted.stream()
                .filter(file -> !running.contains(file))
                .findFirst()
                .or(() -> ahead && !ready.isEmpty() ? Optional.of(ready.first()) : Optional.empty());
        next.ifPresent(file -> {
            wanted.remove(file);
            ready.remove(file);
            partly.remove(file);
            running.add(file);
        });
        return next;
    }

    /** A push ended well: also what only some took may now succeed. */
    void acknowledged(String file, long nanoTime) {
        running.remove(file);
        givenUp(file, nanoTime);
        ahead = true;
        ready.addAll(partly);
        partly.clear();
    }

    /** A file counts as archived; it may be pushed still. */
    void givenUp(String file, long nanoTime) {
        ready.remove(file);
        wanted.remove(file);
        partly.remove(file);
        failing.remove(file);
        acknowledged.put(file, nanoTime);
    }

    /** A push failed; since when this file fails. */
    Instant failed(String file, Instant now, boolean stillReady) {
        running.remove(file);
        ahead = false;
        if (stillReady && !acknowledged.containsKey(file)) {
            ready.add(file);
        }
        return failingSince(file, now);
    }

    /** Only some repositories took a file; since when it fails. */
    Instant partly(String file, Instant now, boolean stillReady) {
        running.remove(file);
        ahead = true;
        if (stillReady && !acknowledged.containsKey(file) && partly.size() < READY_MAX) {
            partly.add(file);
        }
        return failingSince(file, now);
    }

    private Instant failingSince(String file, Instant now) {
        if (failing.size() >= READY_MAX) {
            failing.clear();
        }
        return failing.computeIfAbsent(file, _ -> now);
    }

    /** Whether some repositories have it and others do not. */
    boolean isPartly(String file) {
        return partly.contains(file);
    }

    /** Whether it is pushed now. */
    boolean isRunning(String file) {
        return running.contains(file);
    }

    /** A push failed of a file that nobody waits for any more. */
    void vanished(String file) {
        running.remove(file);
        boolean _ = gone(file);
    }

    /** How many are pushed now. */
    int running() {
        return running.size();
    }

    /** Whether nothing runs, and nothing is to be done. */
    boolean isIdle() {
        return running.isEmpty() && wanted.isEmpty() && ready.isEmpty() && partly.isEmpty();
    }

    /** About how many are ready and not stored yet. */
    int depth() {
        return ready.size() + partly.size() + running.size();
    }

    /** What is ready and not stored yet, in order; what is pushed now is among it. */
    List<String> waiting() {
        TreeSet<String> all = new TreeSet<>(ORDER);
        all.addAll(ready);
        all.addAll(partly);
        running.stream().filter(file -> !acknowledged.containsKey(file)).forEach(all::add);
        return new ArrayList<>(all);
    }

    /** Acknowledged up to this time. */
    List<String> acknowledgedBefore(long nanoTime) {
        return acknowledged.entrySet().stream()
                .filter(entry -> entry.getValue() - nanoTime < 0)
                .map(Map.Entry::getKey)
                .toList();
    }
}
