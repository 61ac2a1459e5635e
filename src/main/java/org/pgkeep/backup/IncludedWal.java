package org.pgkeep.backup;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Entry;
import org.pgkeep.repository.Extent;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.ManifestReader;
import org.pgkeep.repository.PackReader;

/** WAL that is part of a backup. */
final class IncludedWal {
    private IncludedWal() {}

    /**
     * A block of 8 KiB of a segment; empty when the backup has no such segment, or not so much of it.
     *
     * @throws org.pgkeep.error.PgkeepException {@code DAMAGED}
     */
    static Optional<byte[]> block(ClusterStore cluster, Label label, SegmentName segment, int block) {
        try (ManifestReader manifest = cluster.manifest(label)) {
            List<Label> sources = manifest.header().sources();
            for (Optional<Entry> next = manifest.next(); next.isPresent(); next = manifest.next()) {
                if (next.get() instanceof Entry.OfFile file
                        && file.path().latin1().endsWith("/" + segment)) {
                    return block(cluster, sources, file.extents(), block);
                }
            }
            return Optional.empty();
        }
    }

    private static Optional<byte[]> block(ClusterStore cluster, List<Label> sources, List<Extent> extents, int block) {
        int skip = block;
        for (Extent extent : extents) {
            if (skip < extent.blocks()) {
                return Optional.of(extent.isZero() ? new byte[Blocks.BYTES] : stored(cluster, sources, extent, skip));
            }
            skip -= extent.blocks();
        }
        return Optional.empty();
    }

    private static byte[] stored(ClusterStore cluster, List<Label> sources, Extent extent, int skip) {
        try (PackReader pack = cluster.pack(sources.get(extent.source() - 1), extent.pack());
                PackReader.FrameBuffer buffer = new PackReader.FrameBuffer()) {
            pack.read(extent.frame(), buffer);
            int at = (extent.firstBlock() + skip) * Blocks.BYTES;
            return Arrays.copyOfRange(buffer.content(), at, at + Blocks.BYTES);
        }
    }
}
