package org.pgkeep.backup.change;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.postgres.server.ServerSession;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.WalArchive;

/** Finds what changed since a base backup, in the way that was asked for or in the cheapest that is safe. */
public final class ChangeFinder {
    /** The order in which ways are tried: by what they read. Times of files prove nothing. */
    private static final List<Way> CHEAPEST_FIRST = List.of(Way.SUMMARY, Way.WAL, Way.PTRACK, Way.LSN, Way.HASH);

    /** The coarsest clock of a file system that PostgreSQL may lie on has steps of 2 s. */
    private static final Duration CLOCK_BLUR = Duration.ofSeconds(2);

    private final Optional<ServerSession> session;
    private final Progress progress;

    /**
     * A finder.
     *
     * @param session with the server; empty for a stopped one
     */
    public ChangeFinder(Optional<ServerSession> session, Progress progress) {
        this.session = session;
        this.progress = progress;
    }

    /**
     * What is asked.
     *
     * @param way empty: the cheapest that is safe
     * @param start where the new backup's recovery begins
     * @param history of the timeline that it begins on
     * @param dataDirectory the cluster's
     * @param wal the archive
     * @param walDirectory where the server keeps its own segments
     * @param temporary where temporary files go
     * @param jobs workers
     * @param pageChecks whether every page that is read is checked
     * @param now when the new backup began
     * @param doubt why it is not known that the server comes from where the base was taken; empty when it is known
     */
    public record Request(
            Optional<Way> way,
            BackupRecord base,
            Lsn start,
            TimelineHistory history,
            ControlFile control,
            Path dataDirectory,
            WalArchive wal,
            Path walDirectory,
            Path temporary,
            int jobs,
            boolean pageChecks,
            Instant now,
            Optional<String> doubt) {
        Since since() {
            return new Since(base.startTimeline(), base.startLsn(), start, history);
        }
    }

    /**
     * Finds what changed.
     *
     * @throws PgkeepException {@code BASE_UNUSABLE} when the way that was asked for is not possible
     */
    public Changes find(Request request) {
        if (request.control.hasChecksums() != request.base.checksums()) {
            progress.info("changes by " + Way.HASH.word() + ": page checksums were switched "
                    + (request.control.hasChecksums() ? "on" : "off") + " since the base, which no WAL tells");
            return new Changes.ByHash();
        }
        if (request.doubt.isPresent() && request.way.isEmpty()) {
            progress.info("changes by " + Way.HASH.word() + ": " + request.doubt.get());
            return new Changes.ByHash();
        }
        return request.way.isPresent() ? asked(request, request.way.get()) : cheapest(request);
    }

    private Changes asked(Request request, Way way) {
        if (way != Way.HASH) {
            request.doubt.ifPresent(why -> progress.warn("changes by " + way.word()
                    + ", because it was asked for, although " + why + "; '--changes hash' is certain"));
        }
        return switch (find(request, way)) {
            case Finding.Found(var changes) -> changes;
            case Finding.Unable(var why) ->
                throw new PgkeepException(
                        ErrorCode.BASE_UNUSABLE,
                        "changes since backup " + request.base.label() + " cannot be found by " + way.word() + ": "
                                + why,
                        "Use --changes=auto, which takes the cheapest way that is possible.");
        };
    }

    private Changes cheapest(Request request) {
        List<String> unable = new ArrayList<>();
        for (Way way : CHEAPEST_FIRST) {
            switch (find(request, way)) {
                case Finding.Found(var changes) -> {
                    progress.info("changes by " + way.word()
                            + (unable.isEmpty() ? "" : "; not by " + String.join("; not by ", unable)));
                    return changes;
                }
                case Finding.Unable(var why) -> unable.add(way.word() + ": " + why);
            }
        }
        throw new PgkeepException(ErrorCode.BUG, "no way to find changes: " + unable);
    }

    private Finding find(Request request, Way way) {
        return switch (way) {
            case SUMMARY ->
                ofServer(s -> new ServerSummaries(s.changes(), progress)
                        .find(request.since(), request.control.layout(), request.temporary));
            // Who asks for it by name gets it at any price.
            case WAL ->
                new ArchivedWal(request, progress)
                        .find(
                                request.temporary,
                                request.way.isPresent()
                                        ? Long.MAX_VALUE
                                        : request.base.sizes().clusterBytes());
            case PTRACK ->
                ofServer(s -> new PtrackMap(s.changes(), progress)
                        .find(request.since(), request.control.layout(), request.temporary));
            case LSN -> byLsn(request);
            case FILES -> byTime(request);
            case HASH -> new Finding.Found(new Changes.ByHash());
        };
    }

    private interface Asking {
        Finding of(ServerSession session);
    }

    private Finding ofServer(Asking asking) {
        return session.map(asking::of).orElseGet(() -> new Finding.Unable("the server is stopped"));
    }

    /**
     * Only with checksums does every change of a page raise its LSN. Without, VACUUM marks a page as visible to all and leaves its LSN
     * ({@code visibilitymap_set}, {@code access/heap/visibilitymap.c}): an older page beside the newer visibility map would be
     * corruption.
     */
    private static Finding byLsn(Request request) {
        if (!request.control.hasChecksums()) {
            return new Finding.Unable("without page checksums the server changes pages and leaves their LSN");
        }
        if (!request.pageChecks) {
            return new Finding.Unable("pages are not checked, so that the LSN of a damaged one would be believed");
        }
        return new Finding.Found(new Changes.ByLsn(request.base.startLsn()));
    }

    /** A clock that was set back may give a changed file the time that it had before. */
    private static Finding byTime(Request request) {
        Instant base = request.base.started();
        if (request.now.isBefore(request.base.stopped())) {
            return new Finding.Unable("the clock was set back: the base ended at " + request.base.stopped()
                    + ", now it is " + request.now);
        }
        return new Finding.Found(new Changes.ByTime(base.minus(CLOCK_BLUR), request.now));
    }
}
