package org.pgkeep.cli;

import java.time.InstantSource;
import java.util.List;
import org.pgkeep.config.Settings;
import org.pgkeep.postgres.server.ConnectionSettings;
import org.pgkeep.progress.Progress;
import org.pgkeep.storage.Storage;

/** Opens what the settings in force name; the one implementation is the house's wiring. */
public interface Backends {
    /**
     * The storage of the chosen repository, which must be there.
     *
     * @throws org.pgkeep.error.PgkeepException {@code REPOSITORY_MISSING} when there is no directory at its path
     */
    Storage storage(Settings settings);

    /** The storage of the chosen repository, made if it is not there. */
    Storage storageOrNew(Settings settings);

    /** How to reach the cluster's server. */
    ConnectionSettings connection(Settings settings, Progress progress);

    /** How to reach each of the cluster's servers, in the order in which they are named. */
    List<ConnectionSettings> connections(Settings settings, Progress progress);

    /** The time. */
    InstantSource clock();
}
