package org.pgkeep.archive;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pgkeep.repository.Repository;

/**
 * A repository that is opened when it is first needed, and kept open: one out of reach is an answer to who asks, not the end of a process
 * that lives long. Thread-safe.
 */
final class OpenedRepository implements AutoCloseable {
    private final Supplier<Repository> opener;
    private @Nullable Repository repository;
    private volatile boolean sealed;

    OpenedRepository(Supplier<Repository> opener) {
        this.opener = opener;
    }

    /** The repository; it stays this one's to close. */
    synchronized Repository get() {
        if (repository == null) {
            repository = opener.get();
            sealed = repository.isSealed();
        }
        return repository;
    }

    /** Whether it is sealed, as far as that is known; never waits for a repository that is being opened. */
    boolean isSealed() {
        return sealed;
    }

    /** The next that needs it opens it anew; nobody may work with it now. */
    @Override
    public synchronized void close() {
        if (repository != null) {
            repository.close();
            repository = null;
        }
    }
}
