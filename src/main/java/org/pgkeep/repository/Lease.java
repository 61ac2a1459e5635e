package org.pgkeep.repository;

import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;

/**
 * The right to change a cluster's backups, held for a term at a time ({@code docs/formats/lease.md}); {@link Leases} gives it. It is
 * kept alive by a thread of its own until it is closed. Who works under it calls {@link #checkHeld} now and then, and
 * {@link #assertHeld} before what cannot be undone. The fencing number only grows, so that a holder who slept through its term
 * finds itself replaced.
 */
public final class Lease implements AutoCloseable {
    /** A term is refreshed so many times, so that a store that fails for a moment is no loss. */
    private static final int BEATS_PER_TERM = 4;

    private final Storage storage;
    private final ObjectName name;
    private final InstantSource clock;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread heart = Thread.ofVirtual().name("heartbeat").unstarted(this::beat);
    private volatile LeaseRecord mine;
    private volatile Runnable beside = () -> {};
    private volatile @Nullable PgkeepException loss;

    Lease(Storage storage, ObjectName name, InstantSource clock, LeaseRecord mine) {
        this.storage = storage;
        this.name = name;
        this.clock = clock;
        this.mine = mine;
    }

    /** An object and the version that it has; the content may be newer, and then a compare-and-swap fails, which is safe. */
    record Found(LeaseRecord record, String version) {
        static Optional<Found> read(Storage storage, ObjectName name) {
            Optional<ObjectInfo> info = storage.info(name);
            Optional<byte[]> content = SmallObjects.read(storage, name);
            return info.isEmpty() || content.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Found(
                            parse(content.get(), storage.location(name), name),
                            info.get().version()));
        }

        private static LeaseRecord parse(byte[] content, String location, ObjectName name) {
            try {
                return LeaseRecord.parse(content, location);
            } catch (PgkeepException e) {
                throw e.code() == ErrorCode.DAMAGED
                        ? e.withHint("Once no pgkeep works on the cluster, on any host: pgkeep repo rm " + name)
                        : e;
            }
        }
    }

    /** Begins to keep itself alive. */
    void keepAlive() {
        heart.start();
    }

    /** Does this, too, whenever the lease was refreshed; what it throws is a loss of the lease. */
    void whenRefreshed(Runnable also) {
        beside = also;
    }

    private void beat() {
        try {
            long every = mine.term().toMillis() / BEATS_PER_TERM;
            while (!ended.await(every, TimeUnit.MILLISECONDS)) {
                beatOnce();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (PgkeepException e) {
            loss = e;
        } catch (RuntimeException | Error e) {
            // Nobody hears what a thread dies of, and without a heart the lease runs out.
            loss = new PgkeepException(
                            ErrorCode.LEASE_LOST,
                            "the lease " + storage.location(name) + " cannot be refreshed: " + e,
                            "Nothing was committed. Run the command again.")
                    .causedBy(e);
        }
    }

    private void beatOnce() {
        try {
            refresh();
            beside.run();
        } catch (PgkeepException e) {
            // A store that fails for a moment is no reason to give up: the term still runs, and the next beat may
            // succeed.
            if (e.code() == ErrorCode.LEASE_LOST || isOver()) {
                throw e;
            }
        }
    }

    /** Extends the term. */
    void refresh() {
        Found current = current();
        LeaseRecord extended = mine.refreshed(clock.instant());
        if (!storage.replace(name, current.version, extended.print())) {
            // Who came between is who holds it now.
            Found _ = current();
            throw lost("replaced by another process");
        }
        mine = extended;
    }

    /**
     * Stops work that may not be committed any more; cheap, to be called often.
     *
     * @throws PgkeepException {@code LEASE_LOST}
     */
    public void checkHeld() {
        PgkeepException lost = loss;
        if (lost != null) {
            throw lost;
        }
    }

    /**
     * Proves that the work may be committed.
     *
     * @throws PgkeepException {@code LEASE_LOST} when the term ran out or another took over
     */
    public void assertHeld() {
        checkHeld();
        Found _ = current();
        if (isOver()) {
            throw lost("its term ended at " + mine.expiry());
        }
    }

    /** Whether the term ran out. */
    boolean isOver() {
        return mine.isOver(clock.instant());
    }

    /** Whether nobody else took it, be the term over or not. */
    boolean isOurs() {
        return Found.read(storage, name)
                .map(found -> found.record.isSameHolder(mine))
                .orElse(false);
    }

    /** Who holds it. */
    Owner owner() {
        return mine.owner();
    }

    /** What it says of its holder. */
    LeaseRecord record() {
        return mine;
    }

    private Found current() {
        Found found = Found.read(storage, name).orElseThrow(() -> lost("removed"));
        if (!found.record.isSameHolder(mine)) {
            throw lost(
                    found.record.work() == Work.STOP
                            ? "'pgkeep stop --force' ended this work: " + found.record.owner()
                            : "taken by " + found.record.owner());
        }
        return found;
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
        // Of an interrupted thread every file operation fails: the lease would not be given back, and others wait for
        // it.
        boolean interrupted = Thread.interrupted();
        try {
            stopHeart();
            giveBack();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void giveBack() {
        Optional<Found> current = Found.read(storage, name);
        if (current.isPresent() && current.get().record.isSameHolder(mine)) {
            // Replaced by an expired one instead of deleted: the fencing number must never start again.
            boolean _ = storage.replace(
                    name, current.get().version, mine.givenBack().print());
        }
    }

    /** Waits for a beat under way: an interrupt in the middle of it could leave the lease half refreshed. */
    void stopHeart() {
        ended.countDown();
        try {
            heart.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
