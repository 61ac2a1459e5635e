package org.pgkeep.repository;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;
import org.pgkeep.units.Durations;

/**
 * Where the right to change a cluster's backups is given: to one process at a time, whatever it wants to do. Taken by exclusive
 * create, or by compare-and-swap of a lease that has expired, or whose holder is known to have ended.
 */
public final class Leases {
    /** For how long a lease is held at a time, unless something else is asked for. */
    public static final Duration TERM_DEFAULT = Duration.ofSeconds(60);

    private static final Duration POLL = Duration.ofMillis(200);
    private static final int RACES_MAX = 3;

    private final Storage storage;
    private final ObjectName name;
    private final InstantSource clock;
    private final Duration term;
    private final Runnable admission;

    /** Where a lease is given to whoever is admitted: {@code admission} throws if nobody is. */
    Leases(Storage storage, ObjectName name, InstantSource clock, Duration term, Runnable admission) {
        this.admission = admission;
        this.storage = storage;
        this.name = name;
        this.clock = clock;
        this.term = term;
    }

    /**
     * What to do while another holds the lease.
     *
     * @param longest how long to wait for one that lives
     * @param told hears for whom and until when, and that a lease was taken over
     */
    public record Patience(Duration longest, Consumer<String> told) {
        /** Waits for nobody. */
        public static final Patience NONE = new Patience(Duration.ZERO, _ -> {});
    }

    /** Who holds the lease now; empty when nobody does. */
    public Optional<LeaseRecord> holder() {
        return Lease.Found.read(storage, name)
                .map(Lease.Found::record)
                .filter(record -> !record.isFree(clock.instant()));
    }

    /**
     * Takes the lease, which from then on keeps itself alive; it is the caller's to close. Where another holds it, waits to see
     * whether it still lives: a living owner refreshes its lease, a dead one's runs out. A process of this machine that ended is not
     * waited for. So work that was killed a moment ago does not hinder its successor, which elsewhere is only late. For one that lives
     * it waits as long as it is told.
     *
     * @throws PgkeepException {@code HELD} when another holds it, naming who and since when; {@code STOPPED} when work on the cluster
     *     was stopped; {@code CLOCK} when its clock and this one contradict each other
     */
    public Lease take(Work work, Owner owner, Patience patience) {
        admission.run();
        Lease lease = await(work, owner, patience);
        lease.keepAlive();
        return lease;
    }

    private Lease await(Work work, Owner owner, Patience patience) {
        long begun = System.nanoTime();
        Optional<LeaseRecord> before = Optional.empty();
        while (true) {
            try {
                return takeNow(work, owner, patience.told);
            } catch (PgkeepException held) {
                // Empty when it was given back since: the next try tells.
                Optional<LeaseRecord> now = held.code() == ErrorCode.HELD ? holder() : Optional.empty();
                boolean lives = before.isPresent() && now.isPresent() && !before.equals(now);
                boolean late = System.nanoTime() - begun >= patience.longest.toNanos();
                if (held.code() != ErrorCode.HELD || (lives && late)) {
                    throw held;
                }
                if (before.isEmpty() && now.isPresent()) {
                    patience.told.accept(
                            "waiting for " + describe(now.get()) + ": to see whether it still lives, at most until "
                                    + now.get().expiry()
                                    + (patience.longest.isZero()
                                            ? ""
                                            : "; if it does, for " + Durations.print(patience.longest)));
                }
                before = now.isPresent() ? now : before;
                pause();
            }
        }
    }

    /** Takes the lease if nobody holds it; it does not keep itself alive. */
    Lease takeNow(Work work, Owner owner, Consumer<String> told) {
        for (int race = 0; race < RACES_MAX; race++) {
            Instant now = clock.instant();
            Optional<Lease.Found> found = Lease.Found.read(storage, name);
            if (found.isPresent() && !found.get().record().isFree(now)) {
                throw held(found.get().record(), now);
            }
            long fence = found.map(known -> known.record().fence() + 1).orElse(1L);
            LeaseRecord mine = LeaseRecord.taken(work, owner, now, term, fence);
            boolean taken = found.isEmpty()
                    ? storage.create(name, mine.print())
                    : storage.replace(name, found.get().version(), mine.print());
            if (taken) {
                found.map(Lease.Found::record)
                        .filter(before -> !before.isGivenBack())
                        .ifPresent(before -> told.accept("took over the lease of " + describe(before) + ", which "
                                + (before.isOver(now)
                                        ? "shows no sign of life since "
                                                + before.expiry().minus(before.term())
                                        : "has ended without giving it back")));
                return admitted(new Lease(storage, name, clock, mine));
            }
        }
        throw new PgkeepException(
                ErrorCode.HELD, "several processes want " + name + " at once", "Run the command again.");
    }

    /** Looked at after the lease was taken: whoever stops work first raises the fence, then looks for leases. */
    private Lease admitted(Lease lease) {
        try {
            admission.run();
            return lease;
        } catch (RuntimeException refused) {
            lease.close();
            throw refused;
        }
    }

    /**
     * Takes the lease away from its holder, who finds out before its next commit.
     *
     * @param seen as it was when this was decided
     * @return false when that one does not hold it any more
     */
    public boolean takeAway(LeaseRecord seen, Owner by) {
        while (true) {
            Optional<Lease.Found> found = Lease.Found.read(storage, name);
            if (found.isEmpty()
                    || !found.get().record().isSameHolder(seen)
                    || found.get().record().isGivenBack()) {
                return false;
            }
            LeaseRecord taken = LeaseRecord.taken(Work.STOP, by, clock.instant(), term, seen.fence() + 1);
            // Else its holder refreshed it, or gave it back, between the look and this.
            if (storage.replace(name, found.get().version(), taken.givenBack().print())) {
                return true;
            }
        }
    }

    /**
     * Waits until one whose lease was taken away writes nothing any more: until its process has ended, where that can be known, else for
     * its term, in which it finds out when it wants to refresh the lease.
     */
    void awaitEnd(LeaseRecord ousted) {
        long begun = System.nanoTime();
        while (!ousted.owner().hasEnded()
                && System.nanoTime() - begun < ousted.term().toNanos()) {
            pause();
        }
    }

    private static String describe(LeaseRecord holder) {
        return "the " + holder.work().word() + " of " + holder.owner();
    }

    private static PgkeepException held(LeaseRecord holder, Instant now) {
        if (holder.expiry().isAfter(now.plus(holder.term()))) {
            return new PgkeepException(
                    ErrorCode.CLOCK,
                    "the clock says " + now + ", but " + describe(holder) + " has this cluster's lease until "
                            + holder.expiry() + ": one of the two clocks is wrong",
                    "Correct the clocks of the hosts that share this repository.");
        }
        return new PgkeepException(
                ErrorCode.HELD,
                describe(holder) + " works on this cluster since " + holder.since() + ", for "
                        + Durations.print(age(holder, now)) + ", and holds it until " + holder.expiry()
                        + " unless it goes on",
                "Wait until it ends, or have this command wait with --wait. The lease of a process that died on another host runs out"
                        + " by itself after " + Durations.print(holder.term()) + ".");
    }

    private static Duration age(LeaseRecord holder, Instant now) {
        Duration age = Duration.between(holder.since(), now);
        return age.isNegative() ? Duration.ZERO : age;
    }

    private static void pause() {
        pause(POLL);
    }

    /** Does nothing for a while. */
    static void pause(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PgkeepException(ErrorCode.TERMINATED, "interrupted while waiting for a lease").causedBy(e);
        }
    }
}
