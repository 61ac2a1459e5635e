package org.pgkeep.repository;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;

/**
 * Removes a cluster with all that is below its folder. The order makes that what is left at any moment is a cluster that is stopped and has
 * fewer backups, or no cluster, and that to begin anew is to go on ({@code docs/formats/cluster-record.md}).
 *
 * <pre>
 * lease → fence → end of who held it → backup.json of all, newest first → whatever else, WAL last → cluster.json → what came meanwhile
 *       → fence → lease
 * </pre>
 */
public final class Forgetting {
    private static final String BACKUP_RECORD = "/backup.json";

    private final Storage storage;
    private final BackupNames names;
    private final Leases leases;

    Forgetting(Storage storage, InstantSource clock, BackupNames names, Duration leaseTerm) {
        this.storage = storage;
        this.names = names;
        // Whoever is admitted: also where work is stopped, by a person or by a forgetting that was cut off.
        this.leases = new Leases(storage, names.lease("backup"), clock, leaseTerm, () -> {});
    }

    /** All that is there: what goes. */
    public Freed all() {
        return sum(_ -> true);
    }

    /** The archived WAL among it. */
    public Freed wal() {
        return sum(this::isWal);
    }

    /** How many backups there are, readable or not. */
    public long backups() {
        try (Stream<ObjectInfo> objects = storage.list(names.backups())) {
            return objects.filter(Forgetting::isBackup).count();
        }
    }

    private Freed sum(Predicate<ObjectInfo> which) {
        try (Stream<ObjectInfo> objects = storage.list(names.root())) {
            return objects.filter(which)
                    .map(object -> new Freed(1, object.sizeBytes()))
                    .reduce(Freed.NONE, Freed::plus);
        }
    }

    /** Who works on the cluster now. */
    public Optional<LeaseRecord> holder() {
        return leases.holder();
    }

    /**
     * Removes it.
     *
     * @param force whether the lease is taken away from who holds it, and who then commits nothing; waits for its end
     * @param grace how long it may take those without a lease to see that work is stopped
     * @throws PgkeepException {@code HELD} when another works on it
     */
    public Freed run(Owner owner, Fence fence, boolean force, int jobs, Duration grace) {
        Optional<LeaseRecord> ousted =
                force ? holder().filter(holder -> leases.takeAway(holder, owner)) : Optional.empty();
        try (Lease lease = leases.take(Work.FORGET, owner, Leases.Patience.NONE)) {
            // Looked at by archive-push, which knows no lease. One that a person raised stays until the end as well.
            boolean _ = storage.create(names.fence(), fence.print());
            // Until it finds out it goes on writing packs, and nobody would ever look for them here.
            ousted.ifPresent(leases::awaitEnd);
            Leases.pause(grace);
            Freed freed = records(lease)
                    .plus(delete(lease, object -> !isWal(object), jobs))
                    .plus(delete(lease, this::isWal, jobs))
                    .plus(deleteLast(lease, names.clusterRecord()))
                    // An archive-push may have looked for the fence before it was raised.
                    .plus(delete(lease, _ -> true, jobs))
                    .plus(deleteLast(lease, names.fence()));
            return freed.plus(deleteLast(lease, names.lease("backup")));
        }
    }

    private Freed records(Lease lease) {
        List<ObjectInfo> records;
        try (Stream<ObjectInfo> objects = storage.list(names.backups())) {
            records = objects.filter(Forgetting::isBackup)
                    .sorted(Comparator.comparing(ObjectInfo::name).reversed())
                    .toList();
        }
        return Deletion.run(storage, lease, records.stream(), 1);
    }

    private Freed delete(Lease lease, Predicate<ObjectInfo> which, int jobs) {
        Set<ObjectName> later = Set.of(names.clusterRecord(), names.fence(), names.lease("backup"));
        return Deletion.run(
                storage,
                lease,
                storage.list(names.root())
                        .filter(object -> !later.contains(object.name()))
                        .filter(which),
                jobs);
    }

    private Freed deleteLast(Lease lease, ObjectName name) {
        lease.assertHeld();
        Optional<ObjectInfo> object = storage.info(name);
        return object.isPresent() && storage.delete(name)
                ? new Freed(1, object.get().sizeBytes())
                : Freed.NONE;
    }

    private boolean isWal(ObjectInfo object) {
        return object.name().value().startsWith(names.root() + "/wal/");
    }

    private static boolean isBackup(ObjectInfo object) {
        return object.name().value().endsWith(BACKUP_RECORD);
    }
}
