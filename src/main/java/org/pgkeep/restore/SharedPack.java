package org.pgkeep.restore;

import java.util.IdentityHashMap;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.PackReader;

/** A pack that several workers read; opened when the first of them needs it, closed when the last one let go. */
final class SharedPack {
    private final ClusterStore cluster;
    private final Label label;
    private final int number;
    private final IdentityHashMap<ClusterStore, PackReader> readers = new IdentityHashMap<>();
    private final IdentityHashMap<ClusterStore, PgkeepException> failures = new IdentityHashMap<>();
    private volatile long indexBytes;

    /** Guarded by whoever deals it out. */
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
        PackReader known = readers.get(other);
        if (known == null) {
            PgkeepException failure = failures.get(other);
            if (failure != null) {
                throw failure;
            }
            known = open(other);
            readers.put(other, known);
            indexBytes += known.indexBytes();
        }
        return known;
    }

    /** A pack that cannot be opened is tried once: there may be thousands of pieces in it. */
    private PackReader open(ClusterStore other) {
        try {
            return other.pack(label, number);
        } catch (PgkeepException e) {
            failures.put(other, e);
            throw e;
        }
    }

    /** Whether anybody needed it yet. */
    boolean isOpen() {
        return indexBytes > 0;
    }

    /** What it takes of memory, once it is open. */
    long indexBytes() {
        return indexBytes;
    }

    void take() {
        users++;
    }

    /** Whether another has it than who keeps it for the next. */
    boolean isInUse() {
        return users > 1;
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
