package org.pgkeep.receive;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.server.ConnectionSettings;
import org.pgkeep.progress.Progress;

/**
 * The servers that WAL may come from. The one on the newest timeline is the one that others follow: a primary that was left behind by a
 * failover, and does not know it, must not be listened to.
 */
final class Upstreams {
    private final List<ConnectionSettings> servers;
    private final String applicationName;
    private final long systemIdentifier;
    private final Progress progress;
    private int newestTimeline;

    Upstreams(List<ConnectionSettings> servers, String applicationName, long systemIdentifier, Progress progress) {
        this.servers = List.copyOf(servers);
        this.applicationName = applicationName;
        this.systemIdentifier = systemIdentifier;
        this.progress = progress;
    }

    /**
     * Asks all of them, and keeps the one on the newest timeline; of equals a primary, for what a standby's receiver confirms, the primary does
     * not hear; of equals still, the one that is named first.
     *
     * @throws PgkeepException the first failure, when none answers; {@code CONNECT} when all are on older timelines than was seen before
     */
    Upstream choose() {
        List<PgkeepException> failures = new ArrayList<>();
        Upstream chosen = newest(failures).orElseThrow(() -> failures.getFirst());
        int timeline = chosen.identity().timeline();
        if (Integer.compareUnsigned(timeline, newestTimeline) < 0) {
            chosen.close();
            throw new PgkeepException(
                    ErrorCode.CONNECT,
                    "the server at " + chosen.settings() + " is on timeline " + Integer.toUnsignedString(timeline)
                            + ", but timeline " + Integer.toUnsignedString(newestTimeline) + " was streamed already",
                    "A failover left that server behind. Name the new primary with --host as well.");
        }
        failures.forEach(failure -> progress.debug(String.valueOf(failure.getMessage())));
        newestTimeline = timeline;
        return chosen;
    }

    private Optional<Upstream> newest(List<PgkeepException> failures) {
        Optional<Upstream> best = Optional.empty();
        try {
            for (ConnectionSettings server : servers) {
                Optional<Upstream> next = open(server, failures);
                if (next.isPresent()) {
                    best = Optional.of(best.isEmpty() ? next.get() : better(best.get(), next.get()));
                }
            }
            return best;
        } catch (RuntimeException e) {
            best.ifPresent(Upstream::close);
            throw e;
        }
    }

    private Optional<Upstream> open(ConnectionSettings server, List<PgkeepException> failures) {
        try {
            return Optional.of(Upstream.open(server, applicationName, systemIdentifier, progress));
        } catch (PgkeepException e) {
            if (e.code() != ErrorCode.CONNECT && e.code() != ErrorCode.QUERY) {
                throw e;
            }
            failures.add(e);
            return Optional.empty();
        }
    }

    /** Closes the other one; both, if they do not tell. */
    private static Upstream better(Upstream first, Upstream next) {
        boolean known = false;
        try {
            boolean isNewer = isNewer(next, first);
            known = true;
            (isNewer ? first : next).close();
            return isNewer ? next : first;
        } finally {
            if (!known) {
                next.close();
            }
        }
    }

    private static boolean isNewer(Upstream one, Upstream other) {
        int newer = Integer.compareUnsigned(
                one.identity().timeline(), other.identity().timeline());
        return newer > 0
                || (newer == 0 && other.session().isStandby() && !one.session().isStandby());
    }
}
