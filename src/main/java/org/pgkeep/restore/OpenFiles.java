package org.pgkeep.restore;

import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** A few files kept open, by ordinal; the one not used for longest makes room for the next. For one thread. */
final class OpenFiles<F extends Closeable> implements Closeable {
    private static final int OPEN_MAX = 16;

    private final Opener<F> opener;
    private final Map<Integer, F> open = new LinkedHashMap<>(OPEN_MAX * 2, 0.75f, true);

    OpenFiles(Opener<F> opener) {
        this.opener = opener;
    }

    /** Opens the file with this ordinal. */
    interface Opener<F> {
        F open(int file) throws IOException;
    }

    /** The file, opened if it is not. */
    F get(int file) throws IOException {
        F known = open.get(file);
        if (known != null) {
            return known;
        }
        if (open.size() == OPEN_MAX) {
            Iterator<F> oldest = open.values().iterator();
            oldest.next().close();
            oldest.remove();
        }
        F added = opener.open(file);
        open.put(file, added);
        return added;
    }

    /** Closes the file if it is open. */
    void close(int file) throws IOException {
        F closed = open.remove(file);
        if (closed != null) {
            closed.close();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            for (F file : open.values()) {
                file.close();
            }
        } finally {
            open.clear();
        }
    }
}
