package org.pgkeep.repository;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;

/**
 * Writes packs anew without the frames that no manifest names, under the cluster's lease ({@code docs/formats/compaction.md}). A pack
 * keeps its name and its frames their numbers, so that no manifest changes, and each pack is replaced at once or not at all.
 */
public final class Compaction {
    private final Storage storage;
    private final BackupNames names;
    private final ClusterStore cluster;

    Compaction(Storage storage, BackupNames names, ClusterStore cluster) {
        this.storage = storage;
        this.names = names;
        this.cluster = cluster;
    }

    /** What there is to do: what was found when all manifests were read. */
    public static final class Survey {
        private final LiveFrames live;
        private final List<Pack> packs = new ArrayList<>();
        private final List<PgkeepException> damaged = new ArrayList<>();

        private Survey(LiveFrames live) {
            this.live = live;
        }

        /** Every pack that was looked at. */
        public List<Pack> packs() {
            return List.copyOf(packs);
        }

        /** Packs that could not be read; they are left as they are. */
        public List<PgkeepException> damaged() {
            return List.copyOf(damaged);
        }
    }

    /**
     * A pack, and how much of it is named.
     *
     * @param label whose pack it is
     * @param frameBytes stored bytes of its frames
     * @param liveBytes those of frames that a manifest names
     */
    public record Pack(Label label, int number, long frameBytes, long liveBytes) {
        /** Bytes that nobody needs. */
        public long deadBytes() {
            return frameBytes - liveBytes;
        }

        /** Whether something can be gained, and less than so many hundredths of it are named. */
        public boolean isSparse(int percent) {
            return deadBytes() > 0 && (percent == 100 || 100.0 * liveBytes / frameBytes < percent);
        }
    }

    /**
     * Looks at all packs but those of attempts, which the next backup takes over or removes, and those that nobody names under a label
     * without a backup, which the next backup or removal takes away whole.
     *
     * @throws PgkeepException {@code DAMAGED}, {@code TOO_NEW} when a record or manifest cannot be read
     */
    public Survey survey() {
        Survey survey = new Survey(LiveFrames.of(cluster));
        for (Label label : cluster.labels()) {
            if (storage.info(names.attempt(label)).isEmpty()) {
                boolean isBackup = cluster.exists(label);
                for (int number : cluster.packs(label).keySet()) {
                    Optional<BitSet> live = survey.live.of(label, number);
                    if (isBackup || live.isPresent()) {
                        look(survey, label, number, live.orElseGet(BitSet::new));
                    }
                }
            }
        }
        return survey;
    }

    private void look(Survey survey, Label label, int number, BitSet live) {
        try (PackReader pack = cluster.pack(label, number)) {
            long all = 0;
            long named = 0;
            for (int i = 0; i < pack.frames().size(); i++) {
                all += pack.frame(i).storedBytes();
                named += live.get(i) ? pack.frame(i).storedBytes() : 0;
            }
            survey.packs.add(new Pack(label, number, all, named));
        } catch (PgkeepException e) {
            if (e.code() != ErrorCode.DAMAGED && e.code() != ErrorCode.TOO_NEW) {
                throw e;
            }
            survey.damaged.add(e);
        }
    }

    /**
     * Writes a pack anew. Frames are copied as they are stored, each proved by its hash.
     *
     * @param copied hears of each frame, in stored bytes, before it is copied
     * @throws PgkeepException {@code DAMAGED} when a frame is damaged, and the pack stays as it is; {@code CONFLICT} when
     *     another process changed it
     */
    public void rewrite(Survey survey, Pack pack, Lease lease, LongConsumer copied) {
        ObjectName name = names.pack(pack.label, pack.number);
        // The version is read before the content: if the content is newer, the compare-and-swap fails, which is safe.
        String version = storage.info(name).map(ObjectInfo::version).orElse("");
        BitSet live = survey.live.of(pack.label, pack.number).orElseGet(BitSet::new);
        try (PackReader source = cluster.pack(pack.label, pack.number);
                PackReader.FrameBuffer buffer = new PackReader.FrameBuffer();
                PackWriter target = new PackWriter(pack.number, storage.rewrite(name, version))) {
            for (int i = 0; i < source.frames().size(); i++) {
                lease.checkHeld();
                Frame frame = source.frame(i);
                if (live.get(i) && !frame.isDropped()) {
                    copied.accept(frame.storedBytes());
                    target.copy(frame, source.stored(i, buffer));
                } else {
                    target.drop();
                }
            }
            lease.assertHeld();
            target.finish();
        }
    }
}
