package org.pgkeep.repository;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;

/** One repository: backups and WAL of any number of clusters on one storage. Thread-safe. */
public final class Repository implements AutoCloseable {
    private static final ObjectName RECORD = new ObjectName("repository.json");

    private final Storage storage;
    private final InstantSource clock;
    private final RepositoryRecord record;
    private final Duration leaseTerm;

    private Repository(Storage storage, InstantSource clock, RepositoryRecord record, Duration leaseTerm) {
        this.storage = storage;
        this.clock = clock;
        this.record = record;
        this.leaseTerm = leaseTerm;
    }

    /** The same repository, in which leases are taken for this long at a time. */
    public Repository withLeaseTerm(Duration term) {
        return new Repository(storage, clock, record, term);
    }

    /**
     * Opens the repository on a storage, which it then owns.
     *
     * @throws PgkeepException {@code REPOSITORY_MISSING} when there is none, {@code TOO_NEW} when a newer pgkeep made it,
     *     {@code REPOSITORY_FOREIGN} when something else is there
     */
    public static Repository open(Storage storage, InstantSource clock) {
        Optional<byte[]> found = SmallObjects.read(storage, RECORD);
        if (found.isEmpty()) {
            throw absent(storage);
        }
        return new Repository(
                storage, clock, RepositoryRecord.parse(found.get(), storage.location(RECORD)), Leases.TERM_DEFAULT);
    }

    private static PgkeepException absent(Storage storage) {
        String where = root(storage);
        try (Stream<String> children = storage.children("")) {
            // A file system of its own has this folder from its birth.
            Optional<String> any =
                    children.filter(child -> !child.equals("lost+found")).findFirst();
            if (any.isPresent()) {
                return new PgkeepException(
                        ErrorCode.REPOSITORY_FOREIGN,
                        where + " holds '" + any.get()
                                + "' and more but no repository.json: it is not a pgkeep repository",
                        "Give the path of a pgkeep repository, or of an empty directory to 'pgkeep init'.");
            }
        }
        return new PgkeepException(
                ErrorCode.REPOSITORY_MISSING,
                "there is no repository at " + where,
                "Make one with 'pgkeep init', or check the path.");
    }

    private static String root(Storage storage) {
        String location = storage.location(RECORD);
        return location.substring(
                0, Math.max(1, location.length() - RECORD.value().length() - 1));
    }

    /** Whether there is a repository on a storage. */
    public static boolean isOn(Storage storage) {
        return storage.info(RECORD).isPresent();
    }

    /** Opens the repository, making it first if the storage is empty. */
    public static Repository openOrCreate(Storage storage, InstantSource clock) {
        if (!isOn(storage)) {
            PgkeepException absent = absent(storage);
            if (absent.code() == ErrorCode.REPOSITORY_FOREIGN) {
                throw absent;
            }
            RepositoryRecord fresh = new RepositoryRecord(UUID.randomUUID().toString(), clock.instant());
            // Losing this race is fine: whoever won made the repository.
            boolean _ = storage.create(RECORD, fresh.print());
        }
        return open(storage, clock);
    }

    /** Its identity, given at creation. */
    public String id() {
        return record.id();
    }

    /** Where it is, for messages. */
    public String location() {
        return root(storage);
    }

    /** The clusters it holds, by name. */
    public List<ClusterName> clusters() {
        List<ClusterName> clusters = new ArrayList<>();
        try (Stream<String> children = storage.children(BackupNames.CLUSTERS)) {
            children.forEach(child -> ClusterName.parse(child).ifPresent(clusters::add));
        }
        return clusters;
    }

    /** A cluster; empty when the repository does not know the name. */
    public Optional<ClusterStore> findCluster(ClusterName name) {
        BackupNames names = new BackupNames(name);
        return SmallObjects.read(storage, names.clusterRecord())
                .map(bytes -> ClusterRecord.parse(bytes, storage.location(names.clusterRecord())))
                .map(found -> new ClusterStore(storage, clock, names, found, leaseTerm));
    }

    /**
     * A cluster.
     *
     * @throws PgkeepException {@code CLUSTER_UNKNOWN}, naming those that are known
     */
    public ClusterStore cluster(ClusterName name) {
        return findCluster(name)
                .orElseThrow(() -> new PgkeepException(
                        ErrorCode.CLUSTER_UNKNOWN,
                        "repository " + location() + " does not know cluster '" + name + "'"
                                + (clusters().isEmpty() ? "" : ", only " + clusters()),
                        "Register it with 'pgkeep init --cluster " + name + "', or name another with --cluster."));
    }

    /**
     * Registers a cluster, or finds it registered.
     *
     * @throws PgkeepException {@code CLUSTER_MISMATCH} when the name stands for another system identifier
     */
    public ClusterStore register(ClusterName name, long systemIdentifier, String majorVersion) {
        BackupNames names = new BackupNames(name);
        ClusterRecord.History first = new ClusterRecord.History(1, systemIdentifier, majorVersion, clock.instant());
        boolean _ = storage.create(names.clusterRecord(), new ClusterRecord(List.of(first)).print());
        ClusterStore cluster = cluster(name);
        cluster.assertIs(systemIdentifier, majorVersion);
        return cluster;
    }

    @Override
    public void close() {
        storage.close();
    }
}
