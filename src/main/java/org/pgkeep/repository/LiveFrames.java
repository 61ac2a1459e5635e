package org.pgkeep.repository;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pgkeep.error.PgkeepException;

/** Which frames of which packs the manifests of a cluster name. A bit a frame: 512 bytes for a full pack. */
final class LiveFrames {
    private final Map<Label, Map<Integer, BitSet>> frames = new TreeMap<>();

    private LiveFrames() {}

    /** What is done with the frames of a pack. */
    interface Action {
        void accept(Label label, int pack, BitSet frames);
    }

    /** Of no manifest yet. */
    static LiveFrames none() {
        return new LiveFrames();
    }

    /** Reads the manifest of one backup. */
    static LiveFrames of(ClusterStore cluster, BackupRecord backup) {
        LiveFrames live = new LiveFrames();
        live.add(cluster, backup);
        return live;
    }

    /**
     * Reads all manifests.
     *
     * @throws PgkeepException {@code DAMAGED}, {@code TOO_NEW} when one backup cannot be read, because it may name any frame
     */
    static LiveFrames of(ClusterStore cluster) {
        ClusterStore.Listing listing = cluster.listing();
        for (Map.Entry<Label, PgkeepException> unreadable : listing.unreadable().entrySet()) {
            PgkeepException why = unreadable.getValue();
            throw new PgkeepException(
                            why.code(),
                            "backup " + unreadable.getKey() + " cannot be read, and may need any pack: "
                                    + why.getMessage(),
                            "Repair it, or remove it: pgkeep delete " + unreadable.getKey())
                    .causedBy(why);
        }
        LiveFrames live = new LiveFrames();
        listing.sound().forEach(backup -> live.add(cluster, backup));
        return live;
    }

    /** Adds those that a further manifest names. */
    void add(ClusterStore cluster, BackupRecord backup) {
        cluster.scrubManifest(backup);
        try (ManifestReader manifest = cluster.manifest(backup.label())) {
            List<Label> sources = manifest.header().sources();
            for (Optional<Entry> entry = manifest.next(); entry.isPresent(); entry = manifest.next()) {
                if (entry.get() instanceof Entry.OfFile file) {
                    file.extents().forEach(extent -> add(extent, sources));
                }
            }
        }
    }

    private void add(Extent extent, List<Label> sources) {
        if (!extent.isZero()) {
            frames.computeIfAbsent(sources.get(extent.source() - 1), _ -> new TreeMap<>())
                    .computeIfAbsent(extent.pack(), _ -> new BitSet())
                    .set(extent.frame());
        }
    }

    /** Goes over all packs, by label and number. */
    void forEach(Action action) {
        frames.forEach((label, packs) -> packs.forEach((pack, bits) -> action.accept(label, pack, bits)));
    }

    /** Those of a pack; empty when no manifest names any. */
    Optional<BitSet> of(Label label, int pack) {
        return Optional.ofNullable(frames.getOrDefault(label, Map.of()).get(pack));
    }
}
