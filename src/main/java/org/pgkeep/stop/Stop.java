package org.pgkeep.stop;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Fence;
import org.pgkeep.repository.LeaseRecord;
import org.pgkeep.repository.Owner;
import org.pgkeep.repository.Repository;

/** {@code pgkeep stop} and {@code pgkeep start}: whether work on a cluster is allowed. */
public final class Stop {
    /** Longest time for an orderly end: as long as a process may take after SIGTERM. */
    private static final Duration ORDERLY_MAX = Duration.ofSeconds(65);

    private final Repository repository;
    private final InstantSource clock;
    private final Owner owner;
    private final Progress progress;

    /** Works in this repository, which stays the caller's to close. */
    public Stop(Repository repository, InstantSource clock, Owner owner, Progress progress) {
        this.repository = repository;
        this.clock = clock;
        this.owner = owner;
        this.progress = progress;
    }

    /**
     * A cluster that is stopped.
     *
     * @param fence who stopped it, which may be another and earlier
     * @param already whether it was stopped before
     * @param running work that goes on to its end; empty when there is none
     * @param ended work that was ended, and how; empty when there was none, or it was not asked for
     */
    public record Stopped(
            ClusterName cluster, Fence fence, boolean already, Optional<LeaseRecord> running, Optional<Ended> ended) {}

    /** Work that was ended. */
    public record Ended(LeaseRecord work, How how) {}

    /** How work was ended. */
    public enum How {
        /** Its process, on this host, was asked to end, and did. */
        SIGNALLED,
        /** Its lease was taken away: it ends as soon as it looks, and commits nothing. */
        LEASE_TAKEN
    }

    /**
     * A cluster on which work is allowed again.
     *
     * @param before the fence that was taken away; empty when there was none
     */
    public record Started(ClusterName cluster, Optional<Fence> before) {}

    /**
     * Stops a cluster: new work is refused from now on.
     *
     * @param force whether running work is ended, too
     */
    public Stopped stop(ClusterName name, Optional<String> reason, boolean force) {
        ClusterStore cluster = repository.cluster(name);
        Fence fence = new Fence(System.getProperty("user.name", "somebody"), owner, clock.instant(), reason);
        boolean raised = cluster.fencing().raise(fence);
        Fence standing = raised ? fence : cluster.fencing().fence().orElse(fence);
        Optional<LeaseRecord> holder = cluster.leases().holder();
        Optional<Ended> ended = force ? holder.flatMap(work -> end(cluster, work)) : Optional.empty();
        return new Stopped(name, standing, !raised, ended.isPresent() ? Optional.empty() : holder, ended);
    }

    private Optional<Ended> end(ClusterStore cluster, LeaseRecord work) {
        boolean ours = work.owner().host().equals(owner.host());
        Optional<HolderProcess> process = ours ? HolderProcess.of(work) : Optional.empty();
        if (process.isPresent()) {
            progress.info("asking the " + work.work().word() + " of " + work.owner() + " to end");
            if (process.get().end(ORDERLY_MAX)) {
                boolean _ = cluster.leases().takeAway(work, owner);
                return Optional.of(new Ended(work, How.SIGNALLED));
            }
        }
        return cluster.leases().takeAway(work, owner)
                ? Optional.of(new Ended(work, How.LEASE_TAKEN))
                : Optional.empty();
    }

    /** Allows work on a cluster again. */
    public Started start(ClusterName name) {
        ClusterStore cluster = repository.cluster(name);
        Optional<Fence> before = cluster.fencing().fence();
        return new Started(name, cluster.fencing().lower() ? before : Optional.empty());
    }
}
