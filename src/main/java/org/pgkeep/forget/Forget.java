package org.pgkeep.forget;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.server.ConnectionSettings;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupMarks;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Fence;
import org.pgkeep.repository.Fencing;
import org.pgkeep.repository.Forgetting;
import org.pgkeep.repository.Freed;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.LeaseRecord;
import org.pgkeep.repository.Owner;
import org.pgkeep.repository.Repository;
import org.pgkeep.units.Durations;

/** {@code pgkeep forget}: removes a cluster from a repository. Interrupted anywhere and run again, it comes to the same end. */
public final class Forget {
    private static final String REASON =
            "it is being removed from the repository, and 'pgkeep forget' goes on with that";

    private final Repository repository;
    private final InstantSource clock;
    private final Owner owner;
    private final Progress progress;

    /** Works in this repository, which stays the caller's to close. */
    public Forget(Repository repository, InstantSource clock, Owner owner, Progress progress) {
        this.repository = repository;
        this.clock = clock;
        this.owner = owner;
        this.progress = progress;
    }

    /**
     * What to remove.
     *
     * @param pgdata where its data directory would be on this host
     * @param connection how its server would be reached; empty when nothing is known of it
     */
    public record Request(
            ClusterName cluster, Optional<Path> pgdata, Supplier<Optional<ConnectionSettings>> connection) {}

    /**
     * What goes, and what speaks against it.
     *
     * @param backups how many, readable or not
     * @param wal the archived WAL
     * @param all everything, WAL included
     * @param objections what must not be overlooked, as errors
     */
    public record Look(ClusterName cluster, long backups, Freed wal, Freed all, List<PgkeepException> objections) {
        public Look {
            objections = List.copyOf(objections);
        }
    }

    /**
     * Looks, and changes nothing.
     *
     * @throws PgkeepException {@code CLUSTER_UNKNOWN} when there is nothing of this name
     */
    public Look look(Request request) {
        Forgetting forgetting = repository.forgetting(request.cluster());
        List<PgkeepException> objections = new ArrayList<>();
        if (cluster(request.cluster()).isEmpty() && forgetting.backups() > 0) {
            objections.add(new PgkeepException(
                    ErrorCode.MUST_STAY,
                    "the record of cluster '" + request.cluster()
                            + "' is missing or damaged, but there are backups of it",
                    "Bring its record back ('pgkeep info' says how), or give --force."));
        }
        pinned(request.cluster()).ifPresent(objections::add);
        held(request.cluster(), forgetting).ifPresent(objections::add);
        running(request).ifPresent(objections::add);
        return new Look(request.cluster(), forgetting.backups(), forgetting.wal(), forgetting.all(), objections);
    }

    private Optional<PgkeepException> pinned(ClusterName name) {
        Optional<ClusterStore> cluster = cluster(name);
        if (cluster.isEmpty()) {
            return Optional.empty();
        }
        BackupMarks.Listing marks = cluster.get().marks().all();
        Instant now = clock.instant();
        List<Label> pinned = new ArrayList<>(marks.unreadable().keySet());
        marks.sound().forEach((label, mark) -> {
            if (mark.pin().filter(pin -> pin.holds(now)).isPresent()) {
                pinned.add(label);
            }
        });
        pinned.removeIf(label -> !cluster.get().exists(label));
        return pinned.isEmpty()
                ? Optional.empty()
                : Optional.of(new PgkeepException(
                        ErrorCode.MUST_STAY,
                        "cluster '" + name + "' has pinned backups: "
                                + String.join(
                                        ", ",
                                        pinned.stream()
                                                .sorted()
                                                .map(Label::value)
                                                .toList()),
                        "If they may go, too: 'pgkeep unpin', or give --force."));
    }

    private static Optional<PgkeepException> held(ClusterName name, Forgetting forgetting) {
        return forgetting
                .holder()
                .map(holder -> new PgkeepException(
                        ErrorCode.HELD,
                        "the " + holder.work().word() + " of " + holder.owner() + " works on cluster '" + name
                                + "' since " + holder.since(),
                        "Wait until it ends, or end it with 'pgkeep stop --force --cluster " + name + "'."));
    }

    private Optional<PgkeepException> running(Request request) {
        Optional<ClusterStore> cluster = cluster(request.cluster());
        if (cluster.isEmpty()) {
            return Optional.empty();
        }
        long systemIdentifier = cluster.get().record().current().systemIdentifier();
        return new RunningServer(progress)
                .find(systemIdentifier, request.pgdata(), request.connection().get())
                .map(where -> new PgkeepException(
                        ErrorCode.SERVER_RUNNING,
                        "cluster '" + request.cluster() + "' seems to be in use: " + where,
                        "Stop the server, or take pgkeep out of its archive_command: it would keep its WAL until its disk is"
                                + " full. Or give --force."));
    }

    /** Empty also when its record is damaged: what cannot be read cannot be kept from going. */
    private Optional<ClusterStore> cluster(ClusterName name) {
        try {
            return repository.findCluster(name);
        } catch (PgkeepException e) {
            if (e.code() != ErrorCode.DAMAGED) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /**
     * Removes it.
     *
     * @param force whatever speaks against it; running work loses its lease, and its end is waited for
     * @throws PgkeepException the first objection; {@code HELD} when other work began meanwhile
     */
    public Freed run(Look look, boolean force, int jobs) {
        if (!force && !look.objections().isEmpty()) {
            throw look.objections().getFirst();
        }
        Fence fence =
                new Fence(System.getProperty("user.name", "somebody"), owner, clock.instant(), Optional.of(REASON));
        Forgetting forgetting = repository.forgetting(look.cluster());
        if (force) {
            forgetting.holder().ifPresent(this::tellOfWait);
        }
        return forgetting.run(owner, fence, force, jobs, Fencing.LOOK.multipliedBy(2));
    }

    private void tellOfWait(LeaseRecord holder) {
        progress.info("taking the lease from the " + holder.work().word() + " of " + holder.owner()
                + ", and waiting until that finds out: for " + Durations.print(holder.term()) + " at most");
    }
}
