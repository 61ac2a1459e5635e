package org.pgkeep.verify;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Entry;
import org.pgkeep.repository.Extent;
import org.pgkeep.repository.Frame;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.PackReader;

/**
 * Computes the hash of files from the hashes of their blocks, which the packs' indexes have: no data is read. Neighbours in a manifest
 * are neighbours in a few packs, so that a few open packs are enough.
 */
final class FileHashes implements AutoCloseable {
    private static final int OPEN_MAX = 8;

    private final ClusterStore cluster;
    private final LinkedHashMap<PackName, PackReader> open = new LinkedHashMap<>(OPEN_MAX * 2, 0.75f, true);

    private record PackName(Label label, int number) {}

    FileHashes(ClusterStore cluster) {
        this.cluster = cluster;
    }

    /** The hash that a file's extents give. */
    long of(Entry.OfFile file, List<Label> sources) {
        Xxh3.Stream64 hash = Blocks.fileHash(file.sizeBytes());
        long[] group = new long[Blocks.PER_GROUP];
        int inGroup = 0;
        for (Extent extent : file.extents()) {
            for (int i = 0; i < extent.blocks(); i++) {
                group[inGroup++] = extent.isZero()
                        ? Blocks.ZERO_HASH
                        : frame(sources.get(extent.source() - 1), extent).blockHash(extent.firstBlock() + i);
                if (inGroup == group.length) {
                    hash.putLong(Blocks.groupHash(group, 0, inGroup));
                    inGroup = 0;
                }
            }
        }
        if (inGroup > 0) {
            hash.putLong(Blocks.groupHash(group, 0, inGroup));
        }
        return hash.value();
    }

    private Frame frame(Label label, Extent extent) {
        return pack(new PackName(label, extent.pack())).frame(extent.frame());
    }

    private PackReader pack(PackName name) {
        PackReader found = open.get(name);
        if (found == null) {
            if (open.size() >= OPEN_MAX) {
                Iterator<PackReader> eldest = open.values().iterator();
                eldest.next().close();
                eldest.remove();
            }
            found = cluster.pack(name.label, name.number);
            open.put(name, found);
        }
        return found;
    }

    @Override
    public void close() {
        open.values().forEach(PackReader::close);
        open.clear();
    }
}
