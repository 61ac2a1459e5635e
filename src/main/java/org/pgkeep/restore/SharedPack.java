package org.pgkeep.restore;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pgkeep.repository.PackReader;

/** A pack that several workers read; opened when the first of them needs it, closed when the last one let go. */
final class SharedPack {
    private final Supplier<PackReader> opener;
    private @Nullable PackReader reader;

    /** Guarded by the queue. */
    private int users = 1;

    SharedPack(Supplier<PackReader> opener) {
        this.opener = opener;
    }

    synchronized PackReader reader() {
        PackReader opened = reader;
        if (opened == null) {
            opened = opener.get();
            reader = opened;
        }
        return opened;
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
        if (reader != null) {
            reader.close();
        }
    }
}
