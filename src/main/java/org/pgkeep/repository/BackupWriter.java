package org.pgkeep.repository;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.pgkeep.codec.Compression;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.Storage;

/**
 * A backup being written. Holds the cluster's backup lease and keeps it alive; closing without {@link #commit} removes what was
 * written. Each worker takes its own {@link #appender}.
 */
public final class BackupWriter implements AutoCloseable {
    private final Storage storage;
    private final BackupNames names;
    private final Label label;
    private final Lease lease;
    private final Owner owner;
    private final InstantSource clock;
    private final Instant started;
    private final AtomicInteger packs = new AtomicInteger();
    private final AtomicLong storedBytes = new AtomicLong();
    private Outcome outcome = Outcome.OPEN;

    /** What is known of the commit record. */
    private enum Outcome {
        /** It was not written. */
        OPEN,
        /** It may be there or not: the store failed in the middle. */
        UNKNOWN,
        /** It is there. */
        COMMITTED
    }

    private BackupWriter(
            Storage storage, BackupNames names, Label label, Lease lease, Owner owner, InstantSource clock) {
        this.storage = storage;
        this.names = names;
        this.label = label;
        this.lease = lease;
        this.owner = owner;
        this.clock = clock;
        this.started = clock.instant();
    }

    static BackupWriter begin(
            Storage storage, BackupNames names, Label label, Lease lease, Owner owner, InstantSource clock) {
        BackupWriter writer = new BackupWriter(storage, names, label, lease, owner, clock);
        Attempt attempt = new Attempt(label, owner, writer.started, writer.started);
        if (!storage.create(names.attempt(label), attempt.print())) {
            throw new PgkeepException(
                    ErrorCode.CONFLICT,
                    "an attempt at backup " + label + " is already there",
                    "Run the command again.");
        }
        lease.whenRefreshed(writer::beat);
        return writer;
    }

    /** The backup's name. */
    public Label label() {
        return label;
    }

    /** The cluster's name. */
    public ClusterName cluster() {
        return names.cluster();
    }

    private void beat() {
        Attempt attempt = new Attempt(label, owner, started, clock.instant());
        Optional<String> version = storage.info(names.attempt(label)).map(ObjectInfo::version);
        if (version.isPresent()) {
            boolean _ = storage.replace(names.attempt(label), version.get(), attempt.print());
        }
    }

    /**
     * Stops work that may not be committed any more; cheap, to be called often.
     *
     * @throws PgkeepException {@code LEASE_LOST}
     */
    public void checkHeld() {
        lease.checkHeld();
    }

    /** A worker's own way to append blocks. */
    public PackAppender appender(Compression compression, long packBytes) {
        return new PackAppender(this::newPack, storedBytes::addAndGet, compression, packBytes);
    }

    private PackWriter newPack() {
        checkHeld();
        int number = packs.incrementAndGet();
        return new PackWriter(number, storage.write(names.pack(label, number)));
    }

    /** Starts the manifest. All packs that its entries name must be finished before the manifest is. */
    public ManifestWriter manifest(ManifestHeader header) {
        return new ManifestWriter(storage.write(names.manifest(label)), header);
    }

    /**
     * Commits: from here on the backup exists. The sizes of the stored bytes and the manifest are filled in. After any error but
     * {@code CONFLICT} and {@code LEASE_LOST}, the store knows whether the backup exists: look again.
     *
     * @return the record as written
     */
    public BackupRecord commit(BackupRecord record) {
        BackupRecord.Manifest manifest = describeManifest();
        BackupRecord.Sizes sizes = new BackupRecord.Sizes(
                record.sizes().files(),
                record.sizes().clusterBytes(),
                storedBytes.get() + manifest.storedBytes(),
                packs.get());
        BackupRecord complete = record.with(sizes, manifest);
        lease.assertHeld();
        outcome = Outcome.UNKNOWN;
        if (!storage.create(names.backup(label), complete.print())) {
            throw new PgkeepException(ErrorCode.CONFLICT, "backup " + label + " is already there");
        }
        if (!lease.isOurs()) {
            takeBack();
        }
        outcome = Outcome.COMMITTED;
        return complete;
    }

    /** This process slept between its last look at the lease and the commit: the new holder may have swept what we wrote. */
    private void takeBack() {
        boolean _ = storage.delete(names.backup(label));
        outcome = Outcome.OPEN;
        throw new PgkeepException(
                ErrorCode.LEASE_LOST,
                "the lease was lost while backup " + label + " was being committed; it does not exist",
                "Run the command again; if it happens often, look for a host that sleeps or a clock that jumps.");
    }

    private BackupRecord.Manifest describeManifest() {
        ObjectName name = names.manifest(label);
        try (ObjectReader reader = storage.open(name).orElseThrow(() -> missing(name))) {
            return new BackupRecord.Manifest(reader.size(), hashOf(reader));
        }
    }

    private PgkeepException missing(ObjectName name) {
        return new PgkeepException(
                ErrorCode.DAMAGED, storage.location(name) + " is missing right after it was written");
    }

    /** XXH3-64 of an object's bytes. */
    static long hashOf(ObjectReader reader) {
        Xxh3.Stream64 hash = Xxh3.stream64();
        byte[] buffer = new byte[1 << 16];
        for (long at = 0; at < reader.size(); at += buffer.length) {
            int length = (int) Math.min(buffer.length, reader.size() - at);
            reader.read(at, ByteBuffer.wrap(buffer, 0, length));
            hash.put(buffer, 0, length);
        }
        return hash.value();
    }

    /**
     * Ends the attempt: after a commit only its own record goes, without one everything that it wrote. Where the store did not
     * say whether the commit record is there, nothing is touched: it may be somebody's backup by now.
     */
    @Override
    public void close() {
        // Of an interrupted thread every file operation fails: the lease would not be given back, and the next backup
        // wait for it.
        boolean interrupted = Thread.interrupted();
        try {
            lease.stopHeart();
            end();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void end() {
        switch (outcome) {
            case OPEN -> {
                try {
                    removeOwn();
                    boolean _ = storage.delete(names.attempt(label));
                } finally {
                    lease.close();
                }
            }
            case UNKNOWN -> lease.close();
            case COMMITTED -> closeCommitted();
        }
    }

    /** Nobody can refer to a backup that never existed. */
    private void removeOwn() {
        boolean _ = storage.delete(names.manifest(label));
        List<ObjectName> left;
        try (Stream<ObjectInfo> objects = storage.list(names.folder(label))) {
            left = objects.map(ObjectInfo::name).toList();
        }
        left.forEach(storage::delete);
    }

    private void closeCommitted() {
        try {
            boolean _ = storage.delete(names.attempt(label));
            lease.close();
        } catch (PgkeepException e) {
            // The backup exists, and that is what counts: the next one sweeps the attempt, and the lease runs out.
        }
    }
}
