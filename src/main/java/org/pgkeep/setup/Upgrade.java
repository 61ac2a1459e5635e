package org.pgkeep.setup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.server.ConnectionSettings;
import org.pgkeep.postgres.server.ServerFacts;
import org.pgkeep.postgres.server.ServerSession;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.ClusterRecord;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Lease;
import org.pgkeep.repository.Leases;
import org.pgkeep.repository.Owner;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.Work;

/**
 * {@code pgkeep upgrade}: from now on backups and WAL of a name are those of another database cluster, as after {@code pg_upgrade}. What is
 * stored of the one before stays as it is. May be repeated.
 */
public final class Upgrade {
    private final Repository repository;
    private final Progress progress;

    /** Works in this repository, which stays the caller's to close. */
    public Upgrade(Repository repository, Progress progress) {
        this.repository = repository;
        this.progress = progress;
    }

    /**
     * What to go on with.
     *
     * @param pgdata the new data directory, if it is on this host; a stopped cluster is known by its {@code pg_control}
     * @param connection how to reach the new server
     * @param longest for how long to wait for other work on the cluster
     */
    public record Request(
            ClusterName cluster, Optional<Path> pgdata, ConnectionSettings connection, Duration longest) {}

    /**
     * How it is now.
     *
     * @param before what was current
     * @param now what is; the same when it was already
     */
    public record Result(ClusterName cluster, ClusterRecord.History before, ClusterRecord.History now) {
        /** Whether anything was changed. */
        public boolean changed() {
            return before.id() != now.id();
        }
    }

    /** Which database cluster it is. */
    private record Identity(long systemIdentifier, String majorVersion) {}

    /**
     * Upgrades.
     *
     * @throws PgkeepException {@code CLUSTER_MISMATCH} when server and data directory are of two clusters, or this one cannot be the
     *     successor; {@code HELD}, {@code STOPPED}, {@code CLUSTER_UNKNOWN}, {@code CONNECT}
     */
    public Result run(Request request) {
        Identity identity = identity(request);
        ClusterStore cluster = repository.cluster(request.cluster());
        Leases.Patience patience = new Leases.Patience(request.longest(), progress::info);
        try (Lease lease = cluster.leases().take(Work.UPGRADE, Owner.ofThisProcess(), patience)) {
            // Read anew under the lease: another may have done it.
            ClusterStore held = repository.cluster(request.cluster());
            ClusterRecord after = held.succession().add(identity.systemIdentifier, identity.majorVersion, lease);
            return new Result(request.cluster(), held.record().current(), after.current());
        }
    }

    private Identity identity(Request request) {
        Optional<ControlFile> control = request.pgdata().map(DataDirectory::control);
        boolean stopped = request.pgdata()
                .filter(directory -> !Files.exists(directory.resolve("postmaster.pid")))
                .isPresent();
        if (control.isPresent() && stopped) {
            return of(control.get());
        }
        try (ServerSession session = ServerSession.open(request.connection(), "upgrade", progress)) {
            ServerFacts facts = session.facts();
            if (control.isPresent() && control.get().systemIdentifier() != facts.systemIdentifier()) {
                throw new PgkeepException(
                        ErrorCode.CLUSTER_MISMATCH,
                        DataDirectory.otherCluster(request.pgdata().orElseThrow(), control.get(), facts),
                        "Name the data directory of the new server with --pgdata, or its server with --host and --port.");
            }
            return new Identity(facts.systemIdentifier(), facts.version().major());
        }
    }

    private static Identity of(ControlFile control) {
        return new Identity(control.systemIdentifier(), control.version().text());
    }
}
