package org.pgkeep.receive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.pgkeep.codec.Compression;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.postgres.server.ReplicationSession;
import org.pgkeep.postgres.server.WalStream;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.SegmentPush;

/** Follows the servers of a cluster: from one stream to the next, over the ends of timelines, lost connections and gaps. */
final class Following {
    /** A stream that lived so long was a good one: what comes next is a new failure. */
    private static final Duration STEADY = Duration.ofSeconds(10);

    private final ClusterStore cluster;
    private final Receive.Request request;
    private final Path directory;
    private final BooleanSupplier stopped;
    private final Progress progress;
    private final Upstreams upstreams;
    private Optional<Lsn> reached = Optional.empty();
    private int failures;

    Following(
            ClusterStore cluster, Receive.Request request, Path directory, BooleanSupplier stopped, Progress progress) {
        this.cluster = cluster;
        this.request = request;
        this.directory = directory;
        this.stopped = stopped;
        this.progress = progress;
        this.upstreams = new Upstreams(
                request.servers(),
                request.applicationName(),
                cluster.record().current().systemIdentifier(),
                progress);
    }

    Optional<Lsn> run() {
        while (!stopped.getAsBoolean()) {
            try {
                follow(upstreams.choose());
            } catch (PgkeepException e) {
                if (!request.loop() || !Receive.isPassing(e)) {
                    throw e;
                }
                if (failures == 0) {
                    progress.warn(e.getMessage()
                            + e.hint().map(hint -> "; " + hint).orElse("") + "; trying again until it works");
                }
                sleep(Receive.pause(failures++));
            }
        }
        return reached;
    }

    private void sleep(Duration pause) {
        long end = System.nanoTime() + pause.toNanos();
        while (!stopped.getAsBoolean() && System.nanoTime() < end) {
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Streams from a server until its connection is lost or we are to stop. */
    private void follow(Upstream first) {
        Upstream upstream = first;
        try (Completions completions = new Completions(Receive.push(cluster, request), progress)) {
            int segmentBytes = upstream.session().segmentBytes();
            TimelineHistory history = upstream.history();
            storeHistories(upstream, history);
            Beginning beginning = new Beginning(cluster.wal(), history, segmentBytes);
            Reception.Rhythm rhythm = rhythm(upstream);
            prepareSlot(upstream);
            Stretch stretch = begin(beginning, upstream);
            while (!stopped.getAsBoolean()) {
                switch (receive(upstream, stretch, history, segmentBytes, rhythm, completions)) {
                    case STOPPED -> {
                        return;
                    }
                    case TIMELINE_ENDED -> {
                        Lsn end = history.endOf(stretch.timeline()).orElseThrow();
                        stretch = beginning.firstMissingFrom(beginning.after(stretch.timeline(), end));
                        progress.info(
                                "timeline " + Integer.toUnsignedString(stretch.timeline()) + " goes on from " + end);
                    }
                    case REMOVED -> {
                        completions.drain();
                        upstream = upstream.again(request.applicationName(), progress);
                        stretch = new Gap(beginning, request.applicationName(), segmentBytes, progress)
                                .after(beginning.firstMissingFrom(lost(stretch, segmentBytes)), upstream);
                        renewSlot(upstream);
                    }
                }
            }
        } finally {
            upstream.close();
        }
    }

    /** Where the stream was when the server had no more. */
    private Stretch lost(Stretch stretch, int segmentBytes) {
        return reached.filter(lsn -> stretch.from().isBefore(lsn))
                .map(lsn -> new Stretch(stretch.timeline(), lsn.startOfSegment(segmentBytes)))
                .orElse(stretch);
    }

    private Reception.Rhythm rhythm(Upstream upstream) {
        boolean waitedFor = upstream.waitsFor(request.applicationName()).orElse(false);
        if (waitedFor && !request.synchronous()) {
            progress.info("the server names " + request.applicationName()
                    + " in synchronous_standby_names: each commit is made durable at once");
        }
        return new Reception.Rhythm(request.synchronous() || waitedFor, request.flushInterval(), request.flushBytes());
    }

    private void prepareSlot(Upstream upstream) {
        request.slot().filter(_ -> request.createSlot()).ifPresent(slot -> {
            if (upstream.session().createSlot(slot, false)) {
                progress.info("made replication slot " + slot
                        + ": the server keeps WAL from now on until it is here; 'pgkeep receive-wal"
                        + " --drop-slot' removes it");
            }
        });
    }

    /** A slot that keeps nothing any more is made anew. */
    private void renewSlot(Upstream upstream) {
        request.slot()
                .filter(_ -> request.createSlot())
                .filter(slot -> upstream.session().isPhysical(slot)
                        && upstream.session().slotRestart(slot).isEmpty())
                .ifPresent(slot -> {
                    boolean _ = upstream.session().dropSlot(slot);
                    boolean _ = upstream.session().createSlot(slot, false);
                    progress.info("made replication slot " + slot + " anew: the server had given it up");
                });
    }

    private Stretch begin(Beginning beginning, Upstream upstream) {
        Optional<Stretch> there = beginning.afterWhatIsThere();
        there.ifPresent(beginning::makeDurable);
        there.ifPresent(beginning::tidy);
        Optional<Stretch> kept = request.slot()
                .flatMap(slot -> upstream.session().slotRestart(slot))
                .map(beginning::at);
        if (there.isEmpty()) {
            return kept.orElseGet(() -> beginning.at(upstream.identity().end()));
        }
        // What the server keeps for this slot nobody has confirmed. If something before the archive's end is not there,
        // it is to
        // be had now, and never again.
        Optional<Stretch> hole = kept.map(beginning::firstMissingFrom)
                .filter(missing -> missing.from().isBefore(there.get().from()));
        hole.ifPresent(missing -> progress.warn("the archive lacks WAL from " + missing.from()
                + " on, before its end at " + there.get().from() + "; the server still has it, and sends it again"));
        return hole.orElse(there.get());
    }

    private Reception.Outcome receive(
            Upstream upstream,
            Stretch stretch,
            TimelineHistory history,
            int segmentBytes,
            Reception.Rhythm rhythm,
            Completions completions) {
        Reception.Place place = new Reception.Place(
                stretch.timeline(), stretch.from(), history.endOf(stretch.timeline()), segmentBytes);
        SegmentPush push = Receive.push(cluster, request);
        try (WalStream stream = stream(upstream, stretch);
                Reception reception = new Reception(cluster, push, completions, place, rhythm, directory, stream)) {
            progress.info("streaming timeline " + Integer.toUnsignedString(stretch.timeline()) + " from "
                    + stretch.from() + " of " + upstream.settings());
            long begun = System.nanoTime();
            try {
                return reception.run(stopped);
            } finally {
                if (reception.position().compareTo(stretch.from()) > 0) {
                    reached = Optional.of(reception.position());
                }
                if (System.nanoTime() - begun > STEADY.toNanos()) {
                    failures = 0;
                }
            }
        }
    }

    private WalStream stream(Upstream upstream, Stretch stretch) {
        try {
            return upstream.session().stream(request.slot(), stretch.from(), stretch.timeline());
        } catch (PgkeepException e) {
            if (request.slot().isEmpty() || !request.createSlot() || !ReplicationSession.isSlotLost(e)) {
                throw e;
            }
            String slot = request.slot().get();
            if (!upstream.session().isPhysical(slot)) {
                // Somebody else's, or not to be told: never dropped.
                throw e;
            }
            progress.warn("the server gave replication slot " + slot + " up: " + e.getMessage() + "; it is made anew");
            boolean _ = upstream.session().dropSlot(slot);
            boolean _ = upstream.session().createSlot(slot, false);
            return upstream.session().stream(request.slot(), stretch.from(), stretch.timeline());
        }
    }

    /** What recovery needs to find its way over the ends of timelines. */
    private void storeHistories(Upstream upstream, TimelineHistory history) {
        storeHistory(upstream, history.timeline());
        for (TimelineHistory.Ancestor ancestor : history.ancestors()) {
            try {
                storeHistory(upstream, ancestor.timeline());
            } catch (PgkeepException e) {
                if (e.code() != ErrorCode.QUERY) {
                    throw e;
                }
                // A server that was made by pg_basebackup has the newest one, which tells of all: recovery needs no
                // more.
                progress.debug(String.valueOf(e.getMessage()));
            }
        }
    }

    private void storeHistory(Upstream upstream, int timeline) {
        String name = TimelineHistory.fileName(timeline);
        if (timeline == 1 || cluster.wal().find(name).isPresent()) {
            return;
        }
        Path file = directory.resolve(name);
        try {
            Files.write(file, upstream.session().historyFile(timeline));
            var _ = cluster.wal().push(name, file, Compression.parse("none"));
            Files.delete(file);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "write " + file, e);
        }
        progress.info("stored " + name);
    }
}
