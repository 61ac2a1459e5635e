package org.pgkeep.repository;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.pgkeep.codec.Compression;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
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
    private final Thread heart;
    private volatile @Nullable PgkeepException leaseLost;
    private boolean committed;

    private BackupWriter(
            Storage storage, BackupNames names, Label label, Lease lease, Owner owner, InstantSource clock) {
        this.storage = storage;
        this.names = names;
        this.label = label;
        this.lease = lease;
        this.owner = owner;
        this.clock = clock;
        this.started = clock.instant();
        this.heart = Thread.ofVirtual().name("heartbeat").unstarted(this::beat);
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
        writer.heart.start();
        return writer;
    }

    /** The backup's name. */
    public Label label() {
        return label;
    }

    private void beat() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.sleep(Lease.REFRESH);
                lease.refresh();
                Attempt attempt = new Attempt(label, owner, started, clock.instant());
                Optional<String> version = storage.info(names.attempt(label)).map(info -> info.version());
                if (version.isPresent()) {
                    boolean _ = storage.replace(names.attempt(label), version.get(), attempt.print());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (PgkeepException e) {
            leaseLost = e;
        }
    }

    /**
     * Stops work that may not be committed any more; cheap, to be called often.
     *
     * @throws PgkeepException {@code LEASE_LOST}
     */
    public void checkHeld() {
        PgkeepException lost = leaseLost;
        if (lost != null) {
            throw lost;
        }
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
     * Commits: from here on the backup exists. The sizes of the stored bytes and the manifest are filled in.
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
        checkHeld();
        lease.assertHeld();
        if (!storage.create(names.backup(label), complete.print())) {
            throw new PgkeepException(ErrorCode.CONFLICT, "backup " + label + " is already there");
        }
        committed = true;
        return complete;
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

    /** Ends the attempt: after a commit only its own record goes, without one everything that it wrote. */
    @Override
    public void close() {
        heart.interrupt();
        try {
            if (!committed) {
                BackupSweep.remove(storage, names, label);
            }
            boolean _ = storage.delete(names.attempt(label));
        } finally {
            lease.close();
        }
    }
}
