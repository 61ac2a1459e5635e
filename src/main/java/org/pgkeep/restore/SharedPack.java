package org.pgkeep.restore;

import java.util.IdentityHashMap;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.PackReader;

/** A pack that several workers read; opened when the first of them needs it, closed when the last one let go. */
final class SharedPack {
    private final ClusterStore cluster;
    private final Label label;
    private final int number;
    private final IdentityHashMap<ClusterStore, PackReader> readers = new IdentityHashMap<>();

    /** Guarded by the queue. */
    private int users = 1;

    SharedPack(ClusterStore cluster, Label label, int number) {
        this.cluster = cluster;
        this.label = label;
        this.number = number;
    }

    PackReader reader() {
        return reader(cluster);
    }

    /** The same pack in another repository. */
    synchronized PackReader reader(ClusterStore other) {
        return readers.computeIfAbsent(other, from -> from.pack(label, number));
    }

    void take() {
        users++;
    }

    void release() {
        users--;
        if (users == 0) {
            close();
        }
    }

    private synchronized void close() {
        readers.values().forEach(PackReader::close);
        readers.clear();
    }
}
