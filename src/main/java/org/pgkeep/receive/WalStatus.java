package org.pgkeep.receive;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.server.ArchiveQueue;
import org.pgkeep.postgres.server.ArchiverStatus;
import org.pgkeep.postgres.server.ConnectionSettings;
import org.pgkeep.postgres.server.ServerFacts;
import org.pgkeep.postgres.server.ServerSession;
import org.pgkeep.postgres.server.StreamingFacts;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Repository;

/** How far WAL is on its way: what a server has, what the repository has, and what is between. */
public final class WalStatus {
    private final Repository repository;
    private final InstantSource clock;
    private final Progress progress;

    /** Of clusters in this repository. */
    public WalStatus(Repository repository, InstantSource clock, Progress progress) {
        this.repository = repository;
        this.clock = clock;
        this.progress = progress;
    }

    /**
     * The answer.
     *
     * @param server the server's side; empty when none can be reached
     * @param unreachable why not
     * @param timelines the repository's side, ascending
     * @param lag what is between; empty when no server can be reached
     */
    public record Report(
            ClusterName cluster,
            Optional<ServerSide> server,
            Optional<PgkeepException> unreachable,
            List<StoredTimeline> timelines,
            Optional<Lag> lag) {
        public Report {
            timelines = List.copyOf(timelines);
        }
    }

    /** What the server says. */
    public record ServerSide(
            ConnectionSettings settings,
            ServerFacts facts,
            StreamingFacts streaming,
            ArchiverStatus archiver,
            Optional<ArchiveQueue> queue) {}

    /**
     * WAL that is not in the repository.
     *
     * @param bytes from the repository's end to the server's; 0 when there is none
     * @param age how long nothing came; zero when nothing is missing
     */
    public record Lag(long bytes, Duration age) {}

    /** Asks the first of the servers that answers, and the repository. */
    public Report report(
            ClusterName name, List<ConnectionSettings> servers, String applicationName, Optional<String> slot) {
        ClusterStore cluster = repository.cluster(name);
        List<PgkeepException> failures = new ArrayList<>();
        Optional<ServerSide> server = Optional.empty();
        for (ConnectionSettings settings : servers) {
            if (server.isEmpty()) {
                server = ask(settings, applicationName, slot, failures);
            }
        }
        List<StoredTimeline> timelines = StoredTimeline.all(
                cluster.wal(), server.map(side -> side.facts().walSegmentBytes()));
        Optional<Lag> lag = server.flatMap(side -> timelines.stream()
                .filter(timeline -> timeline.timeline() == side.facts().timeline())
                .findFirst()
                .map(timeline -> lag(side.streaming().end(), timeline)));
        return new Report(
                name,
                server,
                server.isPresent() ? Optional.empty() : failures.stream().findFirst(),
                timelines,
                lag);
    }

    private Optional<ServerSide> ask(
            ConnectionSettings settings,
            String applicationName,
            Optional<String> slot,
            List<PgkeepException> failures) {
        try (ServerSession session = ServerSession.open(settings, "wal", progress)) {
            ServerFacts facts = session.facts();
            return Optional.of(new ServerSide(
                    settings,
                    facts,
                    session.streaming(applicationName, slot),
                    session.archiverStatus(),
                    session.archiveQueue()));
        } catch (PgkeepException e) {
            failures.add(e);
            return Optional.empty();
        }
    }

    private Lag lag(Lsn end, StoredTimeline timeline) {
        long bytes = Math.max(0, end.minus(timeline.end()));
        Instant now = clock.instant();
        Duration age = bytes == 0
                ? Duration.ZERO
                : timeline.lastStored().map(at -> Duration.between(at, now)).orElse(Duration.ZERO);
        return new Lag(bytes, age.isNegative() ? Duration.ZERO : age);
    }
}
