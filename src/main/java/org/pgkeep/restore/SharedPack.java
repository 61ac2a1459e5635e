package org.pgkeep.restore;

import org.pgkeep.repository.PackReader;

/** A pack that several workers read; closed when the last one let go. Guarded by the queue. */
final class SharedPack {
    private final PackReader reader;
    private int users = 1;

    SharedPack(PackReader reader) {
        this.reader = reader;
    }

    PackReader reader() {
        return reader;
    }

    void take() {
        users++;
    }

    void release() {
        users--;
        if (users == 0) {
            reader.close();
        }
    }
}
