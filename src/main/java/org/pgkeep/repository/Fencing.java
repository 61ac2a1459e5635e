package org.pgkeep.repository;

import java.time.Duration;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;

/** Whether work on a cluster is stopped. While it is, no lease is given and no WAL taken; everything can be read. */
public final class Fencing {
    /** How old the knowledge of who works on for long, and has no lease, may be that work is not stopped. */
    public static final Duration LOOK = Duration.ofSeconds(1);

    private final Storage storage;
    private final BackupNames names;

    Fencing(Storage storage, BackupNames names) {
        this.storage = storage;
        this.names = names;
    }

    /** The fence, if there is one. */
    public Optional<Fence> fence() {
        ObjectName name = names.fence();
        return SmallObjects.read(storage, name).map(bytes -> parse(bytes, storage.location(name)));
    }

    private Fence parse(byte[] bytes, String location) {
        try {
            return Fence.parse(bytes, location);
        } catch (PgkeepException e) {
            throw e.code() == ErrorCode.DAMAGED
                    ? e.withHint("Somebody stopped work on the cluster, and who it was is lost. To allow it again:"
                            + " pgkeep start --cluster " + names.cluster())
                    : e;
        }
    }

    /** Raises a fence; false when there is one already, which stays. */
    public boolean raise(Fence fence) {
        return storage.create(names.fence(), fence.print());
    }

    /** Takes the fence away, also one that cannot be read; false when there was none. */
    public boolean lower() {
        return storage.delete(names.fence());
    }

    /**
     * For who works on for long, without a lease.
     *
     * @throws PgkeepException {@code STOPPED} as {@link #assertOpen}, {@code CLUSTER_UNKNOWN} when the cluster was removed meanwhile
     */
    public void assertStillOpen() {
        assertOpen();
        if (storage.info(names.clusterRecord()).isEmpty()) {
            throw new PgkeepException(
                    ErrorCode.CLUSTER_UNKNOWN,
                    "cluster '" + names.cluster() + "' was removed from the repository",
                    "To begin anew: 'pgkeep init --cluster " + names.cluster() + "'.");
        }
    }

    /**
     * Refuses new work while there is a fence.
     *
     * @throws PgkeepException {@code STOPPED}, naming who stopped it, when and why
     */
    public void assertOpen() {
        fence().ifPresent(fence -> {
            throw new PgkeepException(
                    ErrorCode.STOPPED,
                    "cluster '" + names.cluster() + "' was stopped by " + fence,
                    "Allow work on it again with 'pgkeep start --cluster " + names.cluster() + "'.");
        });
    }
}
