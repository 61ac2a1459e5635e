package org.pgkeep.repository;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.pgkeep.codec.seal.Chance;
import org.pgkeep.codec.seal.DataKey;
import org.pgkeep.codec.seal.Envelope;
import org.pgkeep.codec.seal.Secret;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;

/** One repository: backups and WAL of any number of clusters on one storage. Thread-safe. */
public final class Repository implements AutoCloseable {
    private static final ObjectName RECORD = RepositoryRecord.NAME;

    private final Storage storage;
    private final InstantSource clock;
    private final RepositoryRecord record;
    private final Sealing sealing;
    private final Duration leaseTerm;

    private Repository(
            Storage storage, InstantSource clock, RepositoryRecord record, Sealing sealing, Duration leaseTerm) {
        this.storage = storage;
        this.clock = clock;
        this.record = record;
        this.sealing = sealing;
        this.leaseTerm = leaseTerm;
    }

    /** The same repository, in which leases are taken for this long at a time. */
    public Repository withLeaseTerm(Duration term) {
        return new Repository(storage, clock, record, sealing, term);
    }

    /** Whether it is sealed. */
    public boolean isSealed() {
        return record.envelopes().isPresent();
    }

    /** The same, of a repository that is not sealed. */
    public static Repository open(Storage storage, InstantSource clock) {
        return open(storage, clock, KeySource.NONE);
    }

    /**
     * Opens the repository on a storage, which it then owns.
     *
     * @param keys asked when it is sealed
     * @throws PgkeepException {@code REPOSITORY_MISSING} when there is none, {@code TOO_NEW} when a newer pgkeep made it,
     *     {@code REPOSITORY_FOREIGN} when something else is there, {@code KEY_MISSING}, {@code KEY_WRONG}
     */
    public static Repository open(Storage storage, InstantSource clock, KeySource keys) {
        return open(storage, clock, keys, Chance.ofTheSystem());
    }

    static Repository open(Storage storage, InstantSource clock, KeySource keys, Chance chance) {
        byte[] bytes = SmallObjects.read(storage, RECORD).orElseThrow(() -> absent(storage));
        RepositoryRecord record = RepositoryRecord.parse(bytes, storage.location(RECORD));
        Sealing sealing = Unlocking.sealing(record, bytes, keys, locationOf(storage));
        return new Repository(sealing.over(storage, chance), clock, record, sealing, Leases.TERM_DEFAULT);
    }

    /** The error when there is none. */
    static PgkeepException absent(Storage storage) {
        String where = locationOf(storage);
        try (Stream<String> children = storage.children("")) {
            // A file system of its own has this folder from its birth.
            Optional<String> any =
                    children.filter(child -> !child.equals("lost+found")).findFirst();
            if (any.equals(Optional.of(BackupNames.CLUSTERS))) {
                return new PgkeepException(
                        ErrorCode.REPOSITORY_FOREIGN,
                        where + " holds '" + BackupNames.CLUSTERS
                                + "' but no repository.json: it is a repository that has lost it, or not all of one",
                        "Check that all of it is mounted or was copied, and bring repository.json back from a copy.");
            }
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

    /** Where a repository is or would be, for messages. */
    public static String locationOf(Storage storage) {
        String location = storage.location(RECORD);
        return location.substring(
                0, Math.max(1, location.length() - RECORD.value().length() - 1));
    }

    /** Whether there is a repository on a storage. */
    public static boolean isOn(Storage storage) {
        return storage.info(RECORD).isPresent();
    }

    /**
     * Whether the repository on a storage is sealed; takes no key.
     *
     * @throws PgkeepException {@code REPOSITORY_MISSING}, {@code REPOSITORY_FOREIGN}, {@code TOO_NEW}, {@code DAMAGED}
     */
    public static boolean isSealed(Storage storage) {
        byte[] bytes = SmallObjects.read(storage, RECORD).orElseThrow(() -> absent(storage));
        return RepositoryRecord.parse(bytes, storage.location(RECORD))
                .envelopes()
                .isPresent();
    }

    /** The same, of a repository that is not sealed. */
    public static Repository openOrCreate(Storage storage, InstantSource clock) {
        return openOrCreate(storage, clock, KeySource.NONE);
    }

    /**
     * Opens the repository, making one that is not sealed first if the storage is empty.
     *
     * @throws PgkeepException {@code KEY_WRONG} when it is empty and a key is given
     */
    public static Repository openOrCreate(Storage storage, InstantSource clock, KeySource keys) {
        if (!isOn(storage)) {
            requireEmpty(storage);
            if (keys.isGiven()) {
                throw new PgkeepException(
                        ErrorCode.KEY_WRONG,
                        "a key is given, but there is no repository at " + locationOf(storage),
                        "Make a sealed one with 'pgkeep init --encrypt', or give no key.");
            }
            RepositoryRecord fresh =
                    new RepositoryRecord(UUID.randomUUID().toString(), clock.instant(), Optional.empty());
            // Losing this race is fine: whoever won made the repository.
            boolean _ = storage.create(RECORD, fresh.print());
        }
        return open(storage, clock, keys);
    }

    /**
     * Makes a sealed repository on an empty storage, and opens it.
     *
     * @param name what people call the envelope; may be empty
     * @throws PgkeepException {@code REPOSITORY_FOREIGN} when something is there; {@code CONFLICT} when another makes one at this
     *     moment
     */
    public static Repository createSealed(Storage storage, InstantSource clock, Secret secret, String name) {
        return createSealed(storage, clock, secret, name, Chance.ofTheSystem());
    }

    static Repository createSealed(Storage storage, InstantSource clock, Secret secret, String name, Chance chance) {
        requireEmpty(storage);
        String id = UUID.nameUUIDFromBytes(chance.bytes(16)).toString();
        DataKey key = DataKey.random(chance);
        Envelope envelope = Envelope.seal(key, secret, id, 1, name, clock.instant(), chance);
        Envelopes envelopes = new Envelopes(key.idText(), 1, List.of(envelope));
        RepositoryRecord record = new RepositoryRecord(id, clock.instant(), Optional.of(envelopes));
        if (!storage.create(RECORD, record.print(key))) {
            throw new PgkeepException(
                    ErrorCode.CONFLICT,
                    "another process has just made a repository at " + locationOf(storage),
                    "Run the command again.");
        }
        return open(storage, clock, KeySource.of(secret), chance);
    }

    private static void requireEmpty(Storage storage) {
        PgkeepException absent = absent(storage);
        if (absent.code() == ErrorCode.REPOSITORY_FOREIGN) {
            throw absent;
        }
    }

    /** Its identity, given at creation. */
    public String id() {
        return record.id();
    }

    /** Which data key it is sealed with, as everybody may know; empty when it is not sealed. */
    public Optional<String> keyId() {
        return sealing.keyId();
    }

    /** Where it is, for messages. */
    public String location() {
        return locationOf(storage);
    }

    /** Its objects one by one, unsealed and expanded. */
    public RepositoryObjects objects() {
        return RepositoryObjects.contents(storage);
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
                .map(found -> new ClusterStore(storage, clock, sealing, names, found, leaseTerm));
    }

    /**
     * A cluster.
     *
     * @throws PgkeepException {@code CLUSTER_UNKNOWN}, naming those that are known
     */
    public ClusterStore cluster(ClusterName name) {
        return findCluster(name).orElseThrow(() -> unknown(name, clusters()));
    }

    /**
     * The way to remove a cluster.
     *
     * @throws PgkeepException {@code CLUSTER_UNKNOWN} when nothing is there of this name
     */
    public Forgetting forgetting(ClusterName name) {
        if (!clusters().contains(name)) {
            throw unknown(name, clusters());
        }
        return new Forgetting(storage, clock, new BackupNames(name), leaseTerm);
    }

    /** Whether the cluster's record is gone and its fence not yet: a forgetting was cut off. */
    private boolean isHalfForgotten(ClusterName name) {
        BackupNames names = new BackupNames(name);
        try (Stream<String> backups = storage.children(names.backups())) {
            return storage.info(names.fence()).isPresent() && backups.findAny().isEmpty();
        }
    }

    private PgkeepException unknown(ClusterName name, List<ClusterName> known) {
        if (known.contains(name) && isHalfForgotten(name)) {
            return new PgkeepException(
                    ErrorCode.CLUSTER_UNKNOWN,
                    "cluster '" + name + "' was being forgotten by " + location()
                            + ", and the last of it is still there",
                    "Go on with 'pgkeep forget " + name + "'.");
        }
        if (known.contains(name)) {
            return new PgkeepException(
                    ErrorCode.CLUSTER_UNKNOWN,
                    storage.location(new BackupNames(name).clusterRecord())
                            + " is missing: the repository has lost what it knows of cluster '" + name + "'",
                    "Bring it back from a copy, or register the cluster again with 'pgkeep init --cluster " + name
                            + "': its backups and WAL are as they were.");
        }
        return new PgkeepException(
                ErrorCode.CLUSTER_UNKNOWN,
                "repository " + location() + " does not know cluster '" + name + "'"
                        + (known.isEmpty() ? "" : ", only " + known),
                "Register it with 'pgkeep init --cluster " + name + "', or name another with --cluster.");
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
