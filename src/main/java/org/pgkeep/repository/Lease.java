package org.pgkeep.repository;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;

/**
 * The right to do one kind of work on a cluster in a repository, for {@link #TERM} at a time ({@code docs/formats/lease.md}). Taken by
 * exclusive create, or by compare-and-swap of one that has expired; kept by {@link #refresh}; proved by {@link #assertHeld} before
 * a commit. The fencing number only grows, so that a holder who slept through its term finds itself replaced.
 */
final class Lease implements AutoCloseable {
    static final int FORMAT = 1;
    static final Duration TERM = Duration.ofSeconds(60);
    static final Duration REFRESH = Duration.ofSeconds(15);
    private static final Duration POLL = Duration.ofMillis(500);

    /** Over for every clock, however wrong. */
    private static final Instant GIVEN_BACK = Instant.EPOCH;

    private final Storage storage;
    private final ObjectName name;
    private final Owner owner;
    private final InstantSource clock;
    private final long fence;
    private volatile Instant expiry;

    private Lease(Storage storage, ObjectName name, Owner owner, InstantSource clock, long fence, Instant expiry) {
        this.storage = storage;
        this.name = name;
        this.owner = owner;
        this.clock = clock;
        this.fence = fence;
        this.expiry = expiry;
    }

    /** What a lease's object says. */
    private record State(Owner owner, Instant expiry, long fence, String version) {
        byte[] print() {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("format", FORMAT);
            fields.put("host", owner.host());
            fields.put("process", owner.process());
            fields.put("id", owner.id());
            fields.put("expiry", expiry);
            fields.put("fence", fence);
            return Json.print(fields);
        }
    }

    /**
     * Takes the lease.
     *
     * @throws PgkeepException {@code HELD} when another holds it, naming who and until when
     */
    static Lease take(Storage storage, ObjectName name, Owner owner, InstantSource clock) {
        for (int attempt = 0; attempt < 3; attempt++) {
            Instant now = clock.instant();
            Optional<State> found = read(storage, name);
            long fence = found.map(state -> state.fence + 1).orElse(1L);
            if (found.isPresent() && now.isBefore(found.get().expiry)) {
                throw held(found.get(), name, now);
            }
            State mine = new State(owner, now.plus(TERM), fence, "");
            boolean taken = found.isEmpty()
                    ? storage.create(name, mine.print())
                    : storage.replace(name, found.get().version, mine.print());
            if (taken) {
                return new Lease(storage, name, owner, clock, fence, mine.expiry);
            }
        }
        throw new PgkeepException(
                ErrorCode.HELD, "several processes want " + name + " at once", "Run the command again.");
    }

    /**
     * Takes the lease; where another holds it, waits to see whether it still lives: a living owner refreshes its lease, a dead
     * one's runs out. So a backup that was killed a moment ago does not hinder its successor, which is only late.
     *
     * @param waiting hears once for whom and until when it waits
     * @throws PgkeepException {@code HELD} as soon as the other has shown that it lives
     */
    static Lease takeFromTheDead(
            Storage storage, ObjectName name, Owner owner, InstantSource clock, Consumer<String> waiting) {
        Optional<State> first = Optional.empty();
        while (true) {
            try {
                return take(storage, name, owner, clock);
            } catch (PgkeepException held) {
                Optional<State> now = held.code() == ErrorCode.HELD ? read(storage, name) : Optional.empty();
                boolean lives = first.isPresent() && !first.equals(now);
                if (now.isEmpty() || lives) {
                    throw held;
                }
                if (first.isEmpty()) {
                    waiting.accept("waiting to see whether " + now.get().owner + " still lives, at most until "
                            + now.get().expiry);
                }
                first = now;
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(POLL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PgkeepException(ErrorCode.TERMINATED, "interrupted while waiting for a lease").causedBy(e);
        }
    }

    private static PgkeepException held(State state, ObjectName name, Instant now) {
        if (state.expiry.isAfter(now.plus(TERM))) {
            return new PgkeepException(
                    ErrorCode.CLOCK,
                    "the clock says " + now + ", but " + state.owner + " has the lease " + name + " until "
                            + state.expiry + ": one of the two clocks is wrong",
                    "Correct the clocks of the hosts that share this repository.");
        }
        return new PgkeepException(
                ErrorCode.HELD,
                "another " + name.last().replace(".json", "") + " works on this cluster: " + state.owner + ", until "
                        + state.expiry + " unless it goes on",
                "Wait until it ends. The lease of a process that died runs out by itself after " + TERM.toSeconds()
                        + " seconds.");
    }

    private static Optional<State> read(Storage storage, ObjectName name) {
        // The version is read before the content: if the content is newer, the compare-and-swap fails, which is safe.
        Optional<ObjectInfo> info = storage.info(name);
        Optional<byte[]> content = SmallObjects.read(storage, name);
        if (info.isEmpty() || content.isEmpty()) {
            return Optional.empty();
        }
        Json json = Json.parse(content.get(), storage.location(name), FORMAT);
        Owner owner = new Owner(json.text("host"), json.number("process"), json.text("id"));
        return Optional.of(new State(
                owner, json.instant("expiry"), json.number("fence"), info.get().version()));
    }

    /** Extends the term. */
    void refresh() {
        State current = mine();
        State extended = new State(owner, clock.instant().plus(TERM), fence, "");
        if (!storage.replace(name, current.version, extended.print())) {
            throw lost("replaced by another process");
        }
        expiry = extended.expiry;
    }

    /**
     * Proves that the work may be committed.
     *
     * @throws PgkeepException {@code LEASE_LOST} when the term ran out or another took over
     */
    void assertHeld() {
        State _ = mine();
        if (isOver()) {
            throw lost("its term ended at " + expiry);
        }
    }

    /** Whether the term ran out. */
    boolean isOver() {
        return !clock.instant().isBefore(expiry);
    }

    /** Whether nobody else took it, be the term over or not. */
    boolean isOurs() {
        return read(storage, name)
                .map(state -> state.owner.id().equals(owner.id()) && state.fence == fence)
                .orElse(false);
    }

    private State mine() {
        State current = read(storage, name).orElseThrow(() -> lost("removed"));
        if (!current.owner.id().equals(owner.id()) || current.fence != fence) {
            throw lost("taken by " + current.owner);
        }
        return current;
    }

    private PgkeepException lost(String how) {
        return new PgkeepException(
                ErrorCode.LEASE_LOST,
                "the lease " + storage.location(name) + " was lost: " + how,
                "Nothing was committed. Run the command again; if it happens often, look for a host that sleeps or a clock that jumps.");
    }

    /** Ends the right at once, so that nobody waits for its expiry. */
    @Override
    public void close() {
        Optional<State> current = read(storage, name);
        if (current.isPresent() && current.get().owner.id().equals(owner.id()) && current.get().fence == fence) {
            // Replaced by an expired one instead of deleted: the fencing number must never start again.
            State ended = new State(owner, GIVEN_BACK, fence, "");
            boolean _ = storage.replace(name, current.get().version, ended.print());
        }
    }
}
