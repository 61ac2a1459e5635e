package org.pgkeep.repository;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.ObjectWriter;
import org.pgkeep.storage.Storage;

/**
 * Brings a backup of another repository into this one, under the lease of the cluster here ({@code docs/formats/copy.md}): the frames that
 * it names, its manifest, and last its record, which is <b>the commit</b>. Every object has the name that it has there.
 */
public final class BackupImport {
    private final Storage storage;
    private final BackupNames names;
    private final ClusterStore cluster;
    private final ClusterStore source;

    BackupImport(Storage storage, BackupNames names, ClusterStore cluster, ClusterStore source) {
        this.storage = storage;
        this.names = names;
        this.cluster = cluster;
        this.source = source;
    }

    /**
     * A pack of which the backup needs frames that are not here.
     *
     * @param label whose pack it is
     * @param bytes stored bytes of the frames that the backup needs
     */
    public record Pack(Label label, int number, long bytes, BitSet frames) {}

    /**
     * The packs to copy, oldest first. Of a backup that is here and marked as damaged, every frame is proved. Needs no lease to say what a
     * copy would do.
     *
     * @throws PgkeepException {@code DAMAGED} when the backup lacks something where it is
     */
    public List<Pack> missing(BackupRecord backup) {
        source.assertPacks(backup);
        LiveFrames needed = LiveFrames.of(source, backup);
        HeldFrames here = new HeldFrames(cluster, source, backup.label());
        List<Pack> missing = new ArrayList<>();
        needed.forEach((label, number, frames) -> {
            if (!here.holds(label, number, frames)) {
                missing.add(new Pack(label, number, bytes(label, number, frames), frames));
            }
        });
        return missing;
    }

    private long bytes(Label label, int number, BitSet frames) {
        try (PackReader pack = source.pack(label, number)) {
            frames.stream().filter(i -> pack.frame(i).isDropped()).findFirst().ifPresent(i -> {
                throw new PgkeepException(
                        ErrorCode.DAMAGED,
                        pack.location() + " has lost frame " + i + ", which the backup needs",
                        "Run 'pgkeep verify' to see which backups are affected.");
            });
            return frames.stream().mapToLong(i -> pack.frame(i).storedBytes()).sum();
        }
    }

    /**
     * Copies what is missing of a pack, each frame proved by its hash; what is here of it stays.
     *
     * @param copied hears of each frame, in stored bytes, before it is copied
     * @throws PgkeepException {@code DAMAGED} when a frame is damaged where it is; {@code CONFLICT} when another backup has the label here,
     *     or another process changed the pack
     */
    public void copy(Pack pack, Lease lease, LongConsumer copied) {
        ObjectName name = names.pack(pack.label, pack.number);
        // The version is read before the content: if the content is newer, the compare-and-swap fails, which is safe.
        Optional<String> version = storage.info(name).map(ObjectInfo::version);
        try (PackReader original = source.pack(pack.label, pack.number);
                Present present = version.isPresent() ? present(pack, original) : Present.NOTHING;
                PackReader.FrameBuffer buffer = new PackReader.FrameBuffer();
                PackWriter target = new PackWriter(
                        pack.number,
                        version.isPresent() ? storage.rewrite(name, version.get()) : storage.write(name))) {
            for (int i = 0; i < original.frames().size(); i++) {
                lease.checkHeld();
                Frame frame = original.frame(i);
                boolean wanted = pack.frames.get(i)
                        || (version.isPresent() && present.pack().isEmpty());
                if (wanted && !frame.isDropped()) {
                    copied.accept(frame.storedBytes());
                    target.copy(frame, original.stored(i, buffer));
                } else {
                    present.keep(i, original, target, buffer);
                }
            }
            lease.assertHeld();
            target.finish();
        }
    }

    /** What is here of a pack already. */
    private record Present(Optional<PackReader> pack) implements AutoCloseable {
        static final Present NOTHING = new Present(Optional.empty());

        void keep(int number, PackReader original, PackWriter target, PackReader.FrameBuffer buffer) {
            if (pack.isEmpty() || pack.get().frame(number).isDropped()) {
                target.drop();
            } else {
                target.copy(pack.get().frame(number), stored(number, original, buffer));
            }
        }

        /** One that is damaged here comes from there, too, if it is there still. */
        private ByteBuffer stored(int number, PackReader original, PackReader.FrameBuffer buffer) {
            try {
                return pack.orElseThrow().stored(number, buffer);
            } catch (PgkeepException e) {
                if (e.code() != ErrorCode.DAMAGED || original.frame(number).isDropped()) {
                    throw e;
                }
                return original.stored(number, buffer);
            }
        }

        @Override
        public void close() {
            pack.ifPresent(PackReader::close);
        }
    }

    private Present present(Pack pack, PackReader original) {
        PackReader here;
        try {
            here = cluster.pack(pack.label, pack.number);
        } catch (PgkeepException e) {
            if (e.code() != ErrorCode.DAMAGED) {
                throw e;
            }
            // Its index is lost: what others here need of it comes from there, too.
            return Present.NOTHING;
        }
        try {
            HeldFrames.assertSame(here, original);
            return new Present(Optional.of(here));
        } catch (PgkeepException e) {
            here.close();
            throw e;
        }
    }

    /**
     * Copies the manifest, and commits.
     *
     * @param backup as it is where it comes from
     * @return the record as written
     * @throws PgkeepException {@code CONFLICT} when another backup has the label here, {@code CLUSTER_MISMATCH} when it is of a database
     *     cluster that this repository does not know, {@code LEASE_LOST}
     */
    public BackupRecord commit(BackupRecord backup, Lease lease) {
        copyManifest(backup);
        List<Long> packs = PackLengths.of(storage, names, backup.label()).bytes();
        long stored = packs.stream().mapToLong(Long::longValue).sum()
                + backup.manifest().storedBytes();
        BackupRecord.Sizes sizes =
                new BackupRecord.Sizes(backup.sizes().files(), backup.sizes().clusterBytes(), stored, packs);
        BackupRecord copy = backup.copy(historyOf(backup), sizes);
        ObjectName name = names.backup(backup.label());
        lease.assertHeld();
        if (!storage.create(name, copy.print())) {
            throw conflict(backup);
        }
        if (!lease.isOurs()) {
            // This process slept before the commit: the new holder may have swept what was copied.
            boolean _ = storage.delete(name);
            throw new PgkeepException(
                    ErrorCode.LEASE_LOST,
                    "the lease was lost while backup " + backup.label() + " was being committed; it does not exist",
                    "Run the command again; if it happens often, look for a host that sleeps or a clock that jumps.");
        }
        return copy;
    }

    /**
     * Proves that a backup that is here under this label is the same.
     *
     * @throws PgkeepException {@code CONFLICT}
     */
    public void assertSame(BackupRecord here, BackupRecord original) {
        if (!here.manifest().equals(original.manifest())) {
            throw conflict(original);
        }
    }

    private PgkeepException conflict(BackupRecord backup) {
        return new PgkeepException(
                ErrorCode.CONFLICT,
                storage.location(names.backup(backup.label())) + " is of another backup than the one to be copied",
                "Two backups have this label, one in each repository, and neither can be copied into the other.");
    }

    private int historyOf(BackupRecord backup) {
        return cluster.record()
                .of(backup.systemIdentifier())
                .filter(history -> history.majorVersion().equals(backup.majorVersion()))
                .orElseThrow(() -> new PgkeepException(
                        ErrorCode.CLUSTER_MISMATCH,
                        "backup " + backup.label() + " is of PostgreSQL " + backup.majorVersion()
                                + " with system identifier " + Long.toUnsignedString(backup.systemIdentifier())
                                + ", which " + cluster.recordLocation() + " does not know",
                        "It was taken before an upgrade of which the other repository never heard."))
                .id();
    }

    private void copyManifest(BackupRecord backup) {
        ObjectName name = names.manifest(backup.label());
        try (ObjectReader original = source.manifestObject(backup.label());
                ObjectWriter target = storage.write(name)) {
            byte[] buffer = new byte[1 << 18];
            for (long at = 0; at < original.size(); at += buffer.length) {
                int length = (int) Math.min(buffer.length, original.size() - at);
                original.read(at, ByteBuffer.wrap(buffer, 0, length));
                target.write(ByteBuffer.wrap(buffer, 0, length));
            }
            // Where it is already, left by a copy that was cut off, its hash decides.
            boolean _ = target.commit();
        }
        cluster.scrubManifest(backup);
    }
}
