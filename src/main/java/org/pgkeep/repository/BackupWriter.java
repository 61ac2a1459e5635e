package org.pgkeep.repository;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
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
 * A backup being written. Holds the cluster's lease; closing without {@link #commit} leaves the closed packs to the next backup, which
 * may refer to them. Each worker takes its own {@link #appender}.
 */
public final class BackupWriter implements AutoCloseable {
    private final Storage storage;
    private final BackupNames names;
    private final Label label;
    private final Lease lease;
    private final Owner owner;
    private final Attempts attempts;
    private final Predecessors predecessors;
    private final AtomicInteger packs = new AtomicInteger();
    private final AtomicLong storedBytes = new AtomicLong();
    private final AtomicLong copiedBytes = new AtomicLong();
    private volatile long totalBytes;
    private Outcome outcome = Outcome.OPEN;
    private volatile boolean discarded;

    /** What is known of the commit record. */
    private enum Outcome {
        /** It was not written. */
        OPEN,
        /** It may be there or not: the store failed in the middle. */
        UNKNOWN,
        /** It is there. */
        COMMITTED
    }

    private BackupWriter(Storage storage, BackupNames names, Attempt attempt, Lease lease, Predecessors predecessors) {
        this.storage = storage;
        this.names = names;
        this.label = attempt.label();
        this.lease = lease;
        this.owner = attempt.owner();
        this.attempts = new Attempts(storage, names);
        this.predecessors = predecessors;
    }

    static BackupWriter begin(
            Storage storage,
            BackupNames names,
            Attempt attempt,
            Lease lease,
            Predecessors predecessors,
            InstantSource clock) {
        BackupWriter writer = new BackupWriter(storage, names, attempt, lease, predecessors);
        writer.attempts.begin(attempt);
        lease.whenRefreshed(() -> writer.beat(clock.instant()));
        return writer;
    }

    private void beat(Instant now) {
        attempts.beat(label, owner, now, new Attempt.Copied(copiedBytes.get(), totalBytes));
    }

    /** The backup's name. */
    public Label label() {
        return label;
    }

    /** The cluster's name. */
    public ClusterName cluster() {
        return names.cluster();
    }

    /** Attempts that were cut off: this backup may refer to their packs. Oldest first. */
    public List<Label> claimed() {
        return predecessors.claimed();
    }

    /** What was written is not left to the next backup: it is in the way, or was not asked for. */
    public void discard() {
        discarded = true;
    }

    /**
     * Stops work that may not be committed any more; cheap, to be called often.
     *
     * @throws PgkeepException {@code LEASE_LOST}
     */
    public void checkHeld() {
        lease.checkHeld();
    }

    /** How much is to be read of the cluster's files: with each heartbeat others learn how far the backup is. */
    public void expect(long bytes) {
        totalBytes = bytes;
    }

    /** So many bytes more were read. */
    public void copied(long bytes) {
        long _ = copiedBytes.addAndGet(bytes);
    }

    /** A worker's own way to append blocks. */
    public PackAppender appender(Compression compression, long packBytes) {
        return new PackAppender(this::newPack, storedBytes::addAndGet, compression, packBytes);
    }

    private PackWriter newPack() {
        checkHeld();
        int number = packs.incrementAndGet();
        if (number > PackNumbers.MAX) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    "backup " + label + " has " + PackNumbers.MAX + " packs, and may not have more",
                    "Make them longer with --pack-size.");
        }
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
        assertOurs();
        BackupRecord.Manifest manifest = describeManifest();
        BackupRecord.Sizes sizes = new BackupRecord.Sizes(
                record.sizes().files(),
                record.sizes().clusterBytes(),
                storedBytes.get() + manifest.storedBytes(),
                // As the store has them, so that the record tells the truth whoever wrote them.
                PackLengths.of(storage, names, label).bytes());
        BackupRecord complete = record.with(sizes, manifest);
        byte[] content = complete.print();
        if (content.length > SmallObjects.BYTES_MAX) {
            throw new PgkeepException(ErrorCode.BUG, "the record of backup " + label + " is too long to be read again");
        }
        assertOurs();
        outcome = Outcome.UNKNOWN;
        if (!storage.create(names.backup(label), content)) {
            throw new PgkeepException(ErrorCode.CONFLICT, "backup " + label + " is already there");
        }
        if (!lease.isOurs() || !attempts.isOwn(label, owner)) {
            takeBack();
        }
        outcome = Outcome.COMMITTED;
        return complete;
    }

    private void assertOurs() {
        lease.assertHeld();
        if (!attempts.isOwn(label, owner)) {
            throw Attempts.lost(label);
        }
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
     * Ends the attempt: after a commit its record goes, and what attempts before it left unused; without one its packs are left to the
     * next backup. Where the store did not say whether the commit record is there, nothing is touched: it may be somebody's backup by
     * now.
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
                    endUncommitted();
                } finally {
                    lease.close();
                }
            }
            case UNKNOWN -> lease.close();
            case COMMITTED -> closeCommitted();
        }
    }

    /** What another process took over meanwhile is not touched. */
    private void endUncommitted() {
        boolean worthless = discarded || storedBytes.get() == 0;
        if (!worthless) {
            boolean _ = attempts.leave(label, owner);
        } else if (attempts.giveUp(label, owner)) {
            removeOwn();
            attempts.remove(label);
        }
    }

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
            attempts.remove(label);
            predecessors.release(lease);
            lease.close();
        } catch (PgkeepException e) {
            // The backup exists, and that is what counts: the next one sweeps the attempts, and the lease runs out.
        }
    }
}
