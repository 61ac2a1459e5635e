package org.pgkeep.archive;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.pgkeep.codec.Compression;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.linux.LinuxFile;
import org.pgkeep.postgres.ArchiveFileName;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Repository;

/**
 * Pushes what is ready in a server's {@code archive_status} ahead of {@code archive_command}, and acknowledges in the spool what is durable
 * ({@code docs/formats/spool.md}). One lives at a time; {@code kill -9} at any moment loses nothing but time.
 */
public final class Archiver {
    private static final int EVENTS_MAX = 10_000;

    /** While one computes, another waits for the disk: a segment is durable after four flushes. */
    private static final int UNDER_WAY_FOR_EACH_JOB = 2;

    private static final String READY = ".ready";
    private static final Duration LISTING_AT_LEAST = Duration.ofSeconds(30);

    /** The launcher that waited has long seen it. */
    private static final Duration SEEN = Duration.ofSeconds(10);

    private final List<Copies.Place<Repository>> repositories;
    private final InstantSource clock;
    private final Progress progress;

    /** Into each of these, which it opens and closes: what is acknowledged is durable in all. */
    public Archiver(List<Copies.Place<Repository>> repositories, InstantSource clock, Progress progress) {
        this.repositories = List.copyOf(repositories);
        this.clock = clock;
        this.progress = progress;
    }

    /**
     * What to archive.
     *
     * @param spool the directory in which it talks with launchers
     * @param call the command line that it serves, as launchers print it
     * @param wal {@code pg_wal} of a data directory
     * @param jobs how many cores to use, from 1; twice as many files are under way
     * @param queueMax more bytes than these may not wait: then what waits is given up; empty for no bound
     * @param configuration files with whose change it ends
     * @param idle after so long without work it ends
     * @param slowWithCiphers whether Java compiles for a quick start: then it makes room for another when a repository is sealed
     */
    public record Request(
            ClusterName cluster,
            Path spool,
            String call,
            Path wal,
            int jobs,
            Compression compression,
            boolean summarize,
            OptionalLong queueMax,
            List<Path> configuration,
            Duration idle,
            boolean slowWithCiphers) {
        public Request {
            configuration = List.copyOf(configuration);
        }

        private int underWayMax() {
            return jobs * UNDER_WAY_FOR_EACH_JOB;
        }
    }

    /**
     * Works until there is nothing to do for a while, or the circumstances change.
     *
     * @return whether it worked; false when another archiver has the spool
     * @throws PgkeepException {@code FILE_WRITE} and others when the spool cannot be written
     */
    public boolean run(Request request) {
        Optional<Spool> taken = Spool.take(request.spool(), SpoolWorker.ARCHIVER);
        if (taken.isEmpty()) {
            progress.info("another archiver works in " + request.spool());
            return false;
        }
        LinuxFile.prepare();
        Xxh3.prepareStreams();
        BlockingQueue<SpoolEvent> events = new LinkedBlockingQueue<>(EVENTS_MAX);
        try (Spool spool = taken.get();
                Archives archives = new Archives(repositories, progress);
                WorkerPool workers = new WorkerPool("push", request.underWayMax(), events)) {
            spool.announce(List.of(request.call()));
            new Shift(request, spool, archives, workers, events).work();
        }
        return true;
    }

    /** How a queue takes it that a file is not stored everywhere. */
    private interface Refusal {
        Instant since(String file, Instant now, boolean stillReady);
    }

    /** One archiver at work. */
    private final class Shift {
        private final Request request;
        private final Spool spool;
        private final Acknowledgements acknowledgements;
        private final Archives archives;
        private final Pushes pushes;
        private final WorkerPool workers;
        private final BlockingQueue<SpoolEvent> events;
        private final PushQueue queue = new PushQueue();
        private final Path status;
        private final Path dataDirectory;
        private final Tenure tenure;
        private final QueueLimit limit;
        private Optional<SpoolWatch> watch = Optional.empty();
        private long listed;

        Shift(Request request, Spool spool, Archives archives, WorkerPool workers, BlockingQueue<SpoolEvent> events) {
            this.request = request;
            this.spool = spool;
            this.acknowledgements = new Acknowledgements(spool);
            this.archives = archives;
            this.pushes = new Pushes(request, archives);
            this.workers = workers;
            this.events = events;
            this.status = request.wal().resolve("archive_status");
            this.dataDirectory = Optional.ofNullable(request.wal().getParent()).orElse(request.wal());
            this.tenure = new Tenure(
                    spool,
                    events,
                    dataDirectory,
                    request.configuration(),
                    request.idle(),
                    archives,
                    request.slowWithCiphers());
            this.limit = new QueueLimit(request, acknowledgements, clock, progress);
        }

        void work() {
            progress.info("archiver " + ProcessHandle.current().pid() + " begins: " + status + ", " + request.jobs()
                    + " at a time");
            watch = SpoolWatch.start(status, READY, spool.directory(), events, progress);
            try {
                list();
                Optional<String> end = Optional.empty();
                while (end.isEmpty()) {
                    limit.hold(queue);
                    pushNext();
                    handleEvents();
                    end = end();
                }
                while (queue.running() > 0) {
                    // One may never end, and the server's disk fill meanwhile.
                    limit.hold(queue);
                    handleEvents();
                }
                progress.info("archiver ends: " + end.get());
            } finally {
                watch.ifPresent(SpoolWatch::close);
            }
        }

        private Optional<String> end() {
            if (!queue.isIdle()) {
                tenure.busy();
            }
            return tenure.end();
        }

        private void pushNext() {
            if (archives.isDoubtful()) {
                if (queue.running() > 0) {
                    return;
                }
                archives.closeDoubtful();
            }
            while (queue.running() < request.underWayMax()) {
                Optional<String> next = queue.next();
                if (next.isEmpty()) {
                    return;
                }
                String file = next.get();
                Path path = path(file);
                workers.start(() -> pushes.push(file, path), this::pushed, error -> failed(file, error));
            }
        }

        /** Where a launcher says that it is, else in {@code pg_wal}. */
        private Path path(String file) {
            return spool.wanted(file)
                    .map(wanted -> dataDirectory.resolve(wanted.path()))
                    .orElseGet(() -> request.wal().resolve(file));
        }

        private void handleEvents() {
            handle(tenure.await());
            while (tenure.hasEvents()) {
                handle(tenure.await());
            }
            Duration each = watch.isPresent() ? LISTING_AT_LEAST : Tenure.TICK;
            if (System.nanoTime() - listed > each.toNanos()) {
                list();
            }
        }

        private void handle(Optional<SpoolEvent> event) {
            if (event.isEmpty()) {
                return;
            }
            switch (event.get()) {
                case SpoolEvent.Ready(String file) -> ready(file);
                case SpoolEvent.Gone(String file) -> gone(file);
                case SpoolEvent.Wanted(String file) -> wanted(file);
                case SpoolEvent.Overflow _ -> list();
                case SpoolEvent.Ended(Runnable consequence) -> consequence.run();
            }
        }

        private void ready(String file) {
            if (ArchiveFileName.parse(file).isPresent()) {
                queue.ready(file);
            }
        }

        private void gone(String file) {
            if (queue.gone(file)) {
                acknowledgements.forget(file);
            }
        }

        private void wanted(String file) {
            if (spool.wanted(file).isEmpty()) {
                return;
            }
            Path path = path(file);
            if (Files.exists(path) && acknowledgements.isAcknowledged(file, Pushes.modified(path))) {
                spool.answered(file);
            } else {
                queue.wanted(file);
            }
        }

        private void pushed(Pushes.Stored stored) {
            if (stored.failure().isPresent()) {
                refused(stored.file(), stored.failure().get(), queue::partly);
            } else {
                stored(stored);
            }
        }

        private void stored(Pushes.Stored stored) {
            String file = stored.file();
            acknowledgements.acknowledge(file, stored.modified(), stored.warnings());
            queue.acknowledged(file, System.nanoTime());
            stored.warnings().forEach(progress::warn);
            progress.debug("archived " + file);
            limit.stored(file);
            limit.record(pushes);
        }

        private void failed(String file, PgkeepException error) {
            refused(file, error, queue::failed);
        }

        private void refused(String file, PgkeepException error, Refusal refusal) {
            boolean stillReady = Files.exists(status.resolve(file + READY));
            boolean awaited = spool.wanted(file).isPresent();
            if (!stillReady && !awaited) {
                queue.vanished(file);
                return;
            }
            Instant since = refusal.since(file, clock.instant(), stillReady).truncatedTo(ChronoUnit.SECONDS);
            String message = error.getMessage() + " (" + file + " has failed since " + since + ", files that wait: "
                    + queue.depth() + ")";
            if (awaited || !queue.isPartly(file)) {
                progress.warn("cannot archive: " + message);
            }
            acknowledgements.refuse(
                    file,
                    error.code().exitStatus(),
                    "pgkeep: error: " + message
                            + error.hint().map(hint -> "\nHINT: " + hint).orElse(""));
        }

        /** Looks at everything: at the beginning, when events were lost, and now and then. */
        private void list() {
            listed = System.nanoTime();
            for (String file : queue.acknowledgedBefore(listed - SEEN.toNanos())) {
                if (!Files.exists(status.resolve(file + READY))) {
                    gone(file);
                }
            }
            try (DirectoryStream<Path> files = Files.newDirectoryStream(status, "*" + READY)) {
                for (Path file : files) {
                    String name = String.valueOf(file.getFileName());
                    ready(name.substring(0, name.length() - READY.length()));
                }
            } catch (IOException e) {
                progress.debug("cannot list " + status + ": " + e);
            }
            spool.filesWith(Spool.WANTED).forEach(this::wanted);
        }
    }
}
