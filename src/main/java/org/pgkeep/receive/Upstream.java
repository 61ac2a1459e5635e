package org.pgkeep.receive;

import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.postgres.server.ConnectionSettings;
import org.pgkeep.postgres.server.ReplicationSession;
import org.pgkeep.postgres.server.SynchronousStandbys;
import org.pgkeep.progress.Progress;

/**
 * A server that WAL can come from, and a session with it.
 *
 * @param settings how to reach it
 * @param session with its WAL sender
 * @param identity what it said of itself
 */
record Upstream(ConnectionSettings settings, ReplicationSession session, ReplicationSession.Identity identity)
        implements AutoCloseable {
    /**
     * Logs in to a server that must be of this cluster.
     *
     * @throws PgkeepException {@code CONNECT}, or {@code CLUSTER_MISMATCH} when it is another cluster's
     */
    static Upstream open(
            ConnectionSettings settings, String applicationName, long systemIdentifier, Progress progress) {
        ReplicationSession session = ReplicationSession.open(settings, applicationName, progress);
        try {
            ReplicationSession.Identity identity = session.identify();
            if (identity.systemIdentifier() != systemIdentifier) {
                throw new PgkeepException(
                        ErrorCode.CLUSTER_MISMATCH,
                        "the server at " + settings + " is another cluster: its system identifier is "
                                + Long.toUnsignedString(identity.systemIdentifier()) + ", the repository's "
                                + Long.toUnsignedString(systemIdentifier),
                        "Name the cluster's own servers with --host. After pg_upgrade: 'pgkeep upgrade'.");
            }
            return new Upstream(settings, session, identity);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** The same server in a new session. */
    Upstream again(String applicationName, Progress progress) {
        session.close();
        return open(settings, applicationName, identity.systemIdentifier(), progress);
    }

    /** The line of descent of the timeline that it is on. */
    TimelineHistory history() {
        return session.history(identity.timeline());
    }

    /** Whether the server says that it waits for this standby, or any; empty when it does not tell. */
    Optional<Boolean> waitsFor(String applicationName) {
        return session.setting("synchronous_standby_names")
                .map(names -> SynchronousStandbys.include(names, applicationName));
    }

    @Override
    public void close() {
        session.close();
    }
}
