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
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.pgkeep.codec.Compression;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
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
    private static final Duration TICK = Duration.ofMillis(500);
    private static final Duration LISTING_AT_LEAST = Duration.ofSeconds(30);

    /** The launcher that waited has long seen it. */
    private static final Duration SEEN = Duration.ofSeconds(10);

    private final Supplier<Repository> repository;
    private final InstantSource clock;
    private final Progress progress;

    /** Into the repository that this opens. */
    public Archiver(Supplier<Repository> repository, InstantSource clock, Progress progress) {
        this.repository = repository;
        this.clock = clock;
        this.progress = progress;
    }

    /**
     * What to archive.
     *
     * @param spool the directory in which it talks with launchers
     * @param call the command line that it serves, as launchers print it
     * @param wal {@code pg_wal} of a data directory
     * @param jobs how many files to push at a time, from 1
     * @param queueMax more bytes than these may not wait: then what waits is given up; empty for no bound
     * @param configuration files with whose change it ends
     * @param idle after so long without work it ends
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
            Duration idle) {
        public Request {
            configuration = List.copyOf(configuration);
        }
    }

    /**
     * Works until there is nothing to do for a while, or the circumstances change.
     *
     * @return whether it worked; false when another archiver has the spool
     * @throws PgkeepException {@code FILE_WRITE} and others when the spool cannot be written
     */
    public boolean run(Request request) {
        Optional<Spool> taken = Spool.take(request.spool(), request.call());
        if (taken.isEmpty()) {
            progress.info("another archiver works in " + request.spool());
            return false;
        }
        BlockingQueue<SpoolEvent> events = new LinkedBlockingQueue<>(EVENTS_MAX);
        try (Spool spool = taken.get();
                Pushes pushes = new Pushes(request, repository, events)) {
            new Shift(request, spool, pushes, events).work();
        }
        return true;
    }

    /** One archiver at work. */
    private final class Shift {
        private final Request request;
        private final Spool spool;
        private final Pushes pushes;
        private final BlockingQueue<SpoolEvent> events;
        private final PushQueue queue = new PushQueue();
        private final Path status;
        private final Path dataDirectory;
        private final Circumstances circumstances;
        private final QueueLimit limit;
        private Optional<SpoolWatch> watch = Optional.empty();
        private boolean repositoryDoubtful;
        private long listed;
        private long busy = System.nanoTime();

        Shift(Request request, Spool spool, Pushes pushes, BlockingQueue<SpoolEvent> events) {
            this.request = request;
            this.spool = spool;
            this.pushes = pushes;
            this.events = events;
            this.status = request.wal().resolve("archive_status");
            this.dataDirectory = Optional.ofNullable(request.wal().getParent()).orElse(request.wal());
            this.circumstances = new Circumstances(dataDirectory, request.configuration());
            this.limit = new QueueLimit(request, spool, clock, progress);
        }

        void work() {
            progress.info("archiver " + ProcessHandle.current().pid() + " begins: " + status + ", " + request.jobs()
                    + " at a time");
            watch = SpoolWatch.start(status, spool.directory(), events, progress);
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
                    handle(take(TICK));
                }
                progress.info("archiver ends: " + end.get());
            } finally {
                watch.ifPresent(SpoolWatch::close);
            }
        }

        private Optional<String> end() {
            if (spool.isRetired()) {
                return Optional.of("archive_command is another, or another build of pgkeep");
            }
            if (circumstances.changed()) {
                return Optional.of("the server is another, or its configuration file changed");
            }
            if (!queue.isIdle()) {
                busy = System.nanoTime();
            }
            boolean idle = System.nanoTime() - busy > request.idle().toNanos();
            return idle ? Optional.of("there was nothing to do") : Optional.empty();
        }

        private void pushNext() {
            if (repositoryDoubtful && queue.running() == 0) {
                pushes.reopen();
                repositoryDoubtful = false;
            }
            while (queue.running() < request.jobs()) {
                Optional<String> next = queue.next();
                if (next.isEmpty()) {
                    return;
                }
                pushes.start(next.get(), path(next.get()));
            }
        }

        /** Where a launcher says that it is, else in {@code pg_wal}. */
        private Path path(String file) {
            return spool.wanted(file)
                    .map(wanted -> dataDirectory.resolve(wanted.path()))
                    .orElseGet(() -> request.wal().resolve(file));
        }

        private void handleEvents() {
            handle(take(TICK));
            while (!events.isEmpty()) {
                handle(take(TICK));
            }
            Duration each = watch.isPresent() ? LISTING_AT_LEAST : TICK;
            if (System.nanoTime() - listed > each.toNanos()) {
                list();
            }
        }

        private Optional<SpoolEvent> take(Duration longest) {
            try {
                return Optional.ofNullable(events.poll(longest.toMillis(), TimeUnit.MILLISECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PgkeepException(ErrorCode.TERMINATED, "interrupted").causedBy(e);
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
                case SpoolEvent.Ended ended -> ended(ended);
            }
        }

        private void ready(String file) {
            if (ArchiveFileName.parse(file).isPresent()) {
                queue.ready(file);
            }
        }

        private void gone(String file) {
            if (queue.gone(file)) {
                spool.forget(file);
            }
        }

        private void wanted(String file) {
            if (spool.wanted(file).isEmpty()) {
                return;
            }
            Path path = path(file);
            if (Files.exists(path) && spool.isAcknowledged(file, Pushes.modified(path))) {
                spool.answered(file);
            } else {
                queue.wanted(file);
            }
        }

        private void ended(SpoolEvent.Ended ended) {
            String file = ended.file();
            if (ended.error().isPresent()) {
                failed(file, ended.error().get());
                return;
            }
            spool.acknowledge(file, ended.modified(), ended.warnings());
            queue.acknowledged(file, System.nanoTime());
            ended.warnings().forEach(progress::warn);
            progress.debug("archived " + file);
            limit.stored(file);
            limit.record(pushes);
        }

        private void failed(String file, PgkeepException error) {
            repositoryDoubtful = true;
            boolean stillReady = Files.exists(status.resolve(file + SpoolWatch.READY));
            if (!stillReady && spool.wanted(file).isEmpty()) {
                queue.vanished(file);
                return;
            }
            Instant since = queue.failed(file, clock.instant(), stillReady).truncatedTo(ChronoUnit.SECONDS);
            String message = error.getMessage() + " (" + file + " has failed since " + since + ", files that wait: "
                    + queue.depth() + ")";
            progress.warn("cannot archive: " + message);
            spool.refuse(
                    file,
                    error.code().exitStatus(),
                    "pgkeep: error: " + message
                            + error.hint().map(hint -> "\nHINT: " + hint).orElse(""));
        }

        /** Looks at everything: at the beginning, when events were lost, and now and then. */
        private void list() {
            listed = System.nanoTime();
            for (String file : queue.acknowledgedBefore(listed - SEEN.toNanos())) {
                if (!Files.exists(status.resolve(file + SpoolWatch.READY))) {
                    gone(file);
                }
            }
            try (DirectoryStream<Path> files = Files.newDirectoryStream(status, "*" + SpoolWatch.READY)) {
                for (Path file : files) {
                    String name = String.valueOf(file.getFileName());
                    ready(name.substring(0, name.length() - SpoolWatch.READY.length()));
                }
            } catch (IOException e) {
                progress.debug("cannot list " + status + ": " + e);
            }
            spool.filesWith(Spool.WANTED).forEach(this::wanted);
        }
    }
}
