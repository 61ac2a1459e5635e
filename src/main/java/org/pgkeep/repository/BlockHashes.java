package org.pgkeep.repository;

import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * The hashes of stored blocks, from the indexes of the packs that hold them: 8 bytes for 8 KiB, no data is read. Keeps the indexes
 * that were used last, 32 MiB of hashes at most. Thread-safe.
 */
public final class BlockHashes {
    /** Hashes kept: those of 128 packs of full blocks at the default size. */
    private static final long KEPT_MAX = 4L << 20;

    private final ClusterStore cluster;
    private final Map<PackName, long[][]> kept = new LinkedHashMap<>(64, 0.75f, true);
    private long keptHashes;

    /** Equal as a record is; a record's own way is woven at run time, for which every incremental backup would wait. */
    private record PackName(Label label, int number) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof PackName name && number == name.number && label.equals(name.label);
        }

        @Override
        public int hashCode() {
            return label.hashCode() + number;
        }
    }

    /** The hashes of a cluster's blocks. */
    public BlockHashes(ClusterStore cluster) {
        this.cluster = cluster;
    }

    /**
     * Copies the hashes of a run of blocks.
     *
     * @param label whose pack it is
     * @param firstBlock in the frame's content
     * @throws PgkeepException {@code DAMAGED} when the pack is missing or does not have these blocks
     */
    public void copy(Label label, int pack, int frame, int firstBlock, int count, long[] target, int at) {
        PackName name = new PackName(label, pack);
        long[][] frames = frames(name);
        if (frame >= frames.length || firstBlock + count > frames[frame].length) {
            throw new PgkeepException(
                    ErrorCode.DAMAGED,
                    cluster.packLocation(label, pack) + " does not have " + count + " blocks from block " + firstBlock
                            + " of frame " + frame + " on, which a manifest names",
                    "Take a full backup, and run 'pgkeep verify' to see which backups are affected.");
        }
        System.arraycopy(frames[frame], firstBlock, target, at, count);
    }

    /**
     * Copies the hashes of a file's blocks.
     *
     * @param sources of the manifest that the file is in
     * @param extent one of the file's
     * @param skip blocks of the extent to leave out
     */
    public void copy(List<Label> sources, Extent extent, int skip, int count, long[] target, int at) {
        if (extent.isZero()) {
            Arrays.fill(target, at, at + count, Blocks.ZERO_HASH);
        } else {
            Label label = sources.get(extent.source() - 1);
            copy(label, extent.pack(), extent.frame(), extent.firstBlock() + skip, count, target, at);
        }
    }

    private long[][] frames(PackName name) {
        synchronized (kept) {
            long @Nullable [][] known = kept.get(name);
            if (known != null) {
                return known;
            }
        }
        // Read outside the lock: two threads may read the same index, which only costs time.
        long[][] read = read(name);
        synchronized (kept) {
            if (kept.putIfAbsent(name, read) == null) {
                keptHashes += size(read);
            }
            Iterator<long[][]> eldest = kept.values().iterator();
            while (keptHashes > KEPT_MAX && kept.size() > 1) {
                keptHashes -= size(eldest.next());
                eldest.remove();
            }
        }
        return read;
    }

    private long[][] read(PackName name) {
        try (PackReader reader = cluster.pack(name.label, name.number)) {
            return reader.frames().stream().map(Frame::blockHashes).toArray(long[][]::new);
        }
    }

    private static long size(long[][] frames) {
        long size = 0;
        for (long[] frame : frames) {
            size += frame.length;
        }
        return size;
    }
}
