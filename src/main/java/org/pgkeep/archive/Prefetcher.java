package org.pgkeep.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.linux.LinuxFile;
import org.pgkeep.postgres.ArchiveFileName;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Repository;

/**
 * Gets WAL ahead of a server that recovers, for the launcher to give it ({@code docs/formats/spool.md}): the segments that follow the
 * one that PostgreSQL got last, expanded and proved. What PostgreSQL wants and is not ready is looked for in the repository each time anew. One
 * lives at a time; {@code kill -9} at any moment loses nothing but time.
 */
public final class Prefetcher {
    private static final int EVENTS_MAX = 100_000;
    private static final Duration LISTING_AT_LEAST = Duration.ofSeconds(30);

    /** So many of the next files are held open. */
    private static final int HELD = 4;

    /** No launcher waits longer for what it asked for. */
    private static final Duration TAKEN_WITHIN = Duration.ofMinutes(1);

    private final List<Copies.Place<Repository>> repositories;
    private final Progress progress;

    /** From these repositories, which it opens and closes. */
    public Prefetcher(List<Copies.Place<Repository>> repositories, Progress progress) {
        this.repositories = List.copyOf(repositories);
        this.progress = progress;
    }

    /**
     * What to get.
     *
     * @param spool the directory in which it talks with launchers: of one data directory alone
     * @param call the command line that it serves, as launchers print it
     * @param wal where PostgreSQL wants its files: {@code pg_wal} of a data directory
     * @param pgdata the data directory that recovers, where the working directory is none
     * @param jobs how many files to get at a time, from 1
     * @param queueMax bytes of segments that may be ready, at least one segment
     * @param configuration files with whose change it ends
     * @param idle after so long without work it ends
     * @param slowWithCiphers whether Java compiles for a quick start: then it makes room for another when a repository is sealed
     */
    public record Request(
            ClusterName cluster,
            Path spool,
            String call,
            Path wal,
            Optional<Path> pgdata,
            int jobs,
            long queueMax,
            List<Path> configuration,
            Duration idle,
            boolean slowWithCiphers) {
        public Request {
            configuration = List.copyOf(configuration);
        }
    }

    /**
     * Works until there is nothing to do for a while, or the circumstances change.
     *
     * @return whether it worked; false when another prefetcher has the spool
     * @throws PgkeepException {@code FILE_WRITE} and others when the spool cannot be written
     */
    public boolean run(Request request) {
        Optional<Spool> taken = Spool.take(request.spool(), SpoolWorker.PREFETCHER);
        if (taken.isEmpty()) {
            progress.info("another prefetcher works in " + request.spool());
            return false;
        }
        LinuxFile.prepare();
        Xxh3.prepareStreams();
        BlockingQueue<SpoolEvent> events = new LinkedBlockingQueue<>(EVENTS_MAX);
        try (Spool spool = taken.get();
                FetchedFiles files = FetchedFiles.begin(spool);
                SpentFiles spent = new SpentFiles();
                Archives archives = new Archives(repositories, progress);
                WorkerPool workers = new WorkerPool("get", request.jobs(), events)) {
            new Shift(request, spool, files, spent, archives, workers, events).work();
        }
        return true;
    }

    /**
     * What came of a task.
     *
     * @param complete whether a file that is there will never change
     */
    private record Got(ArchiveGet.Result result, boolean complete) {}

    /** One prefetcher at work. */
    private final class Shift {
        private final Request request;
        private final Spool spool;
        private final Answers answers;
        private final FetchedFiles files;
        private final SpentFiles spent;
        private final Archives archives;
        private final WorkerPool workers;
        private final BlockingQueue<SpoolEvent> events;
        private final Tenure tenure;
        private final FetchQueue queue;
        private final boolean renames;
        private int segmentBytes;
        private long listed;

        Shift(
                Request request,
                Spool spool,
                FetchedFiles files,
                SpentFiles spent,
                Archives archives,
                WorkerPool workers,
                BlockingQueue<SpoolEvent> events) {
            this.request = request;
            this.spool = spool;
            this.answers = new Answers(spool);
            this.files = files;
            this.spent = spent;
            this.archives = archives;
            this.workers = workers;
            this.events = events;
            Path dataDirectory = Optional.ofNullable(request.wal().getParent()).orElse(request.wal());
            this.tenure = new Tenure(
                    spool,
                    events,
                    dataDirectory,
                    request.configuration(),
                    request.idle(),
                    archives,
                    request.slowWithCiphers());
            this.queue = new FetchQueue(request.queueMax());
            this.renames = files.canBeRenamedInto(request.wal());
        }

        void work() {
            progress.info("prefetcher " + ProcessHandle.current().pid() + " begins: " + request.wal() + ", "
                    + request.jobs() + " at a time");
            Optional<SpoolWatch> watch = SpoolWatch.start(files.directory(), "", spool.directory(), events, progress);
            try {
                spool.announce(List.of(request.call(), renames ? "rename" : "copy"));
                list();
                Duration each = watch.isPresent() ? LISTING_AT_LEAST : Tenure.TICK;
                Optional<String> end = Optional.empty();
                while (end.isEmpty()) {
                    fetchNext();
                    handleEvents(each);
                    end = end();
                }
                while (queue.running() > 0) {
                    tenure.await().ifPresent(this::handle);
                }
                progress.info("prefetcher ends: " + end.get());
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

        private void fetchNext() {
            if (archives.isDoubtful() && queue.running() == 0) {
                archives.closeDoubtful();
            }
            while (queue.running() < request.jobs()) {
                Optional<FetchQueue.Task> next = queue.next();
                if (next.isEmpty()) {
                    return;
                }
                FetchQueue.Task task = next.get();
                workers.start(() -> fetch(task), result -> ended(task, result), error -> failed(task, error));
            }
        }

        /**
         * Runs beside. What one repository has complete is better than what another has of it so far.
         */
        private Got fetch(FetchQueue.Task task) {
            ArchiveGet.Request asked = new ArchiveGet.Request(
                    request.cluster(), task.file(), files.path(name(task)).toString(), request.pgdata());
            ArchiveGet.Result complete = archives.getComplete(asked);
            return task.request().isEmpty() || complete instanceof ArchiveGet.Result.Fetched
                    ? new Got(complete, true)
                    : new Got(archives.get(asked), false);
        }

        private static String name(FetchQueue.Task task) {
            return task.request().map(request -> task.file() + "." + request).orElse(task.file());
        }

        private void handleEvents(Duration listEach) {
            tenure.await().ifPresent(this::handle);
            while (tenure.hasEvents()) {
                tenure.await().ifPresent(this::handle);
            }
            if (System.nanoTime() - listed > listEach.toNanos()) {
                list();
            }
        }

        private void handle(SpoolEvent event) {
            switch (event) {
                case SpoolEvent.Ready _ -> {
                    // Its own doing.
                }
                case SpoolEvent.Gone(String file) -> gone(file);
                case SpoolEvent.Wanted(String file) -> wanted(file);
                case SpoolEvent.Overflow _ -> list();
                case SpoolEvent.Ended(Runnable consequence) -> consequence.run();
            }
        }

        private void gone(String file) {
            files.taken(file);
            spent.taken(file);
            if (queue.taken(file, segmentBytes)) {
                tenure.busy();
                dropSuperfluous();
                holdNext();
            }
        }

        private void dropSuperfluous() {
            for (String file : queue.superfluous()) {
                spent.forget(file);
                files.delete(file);
            }
        }

        private void holdNext() {
            queue.readyNext(HELD).forEach(this::hold);
        }

        /** What is copied is another file then. */
        private void hold(String file) {
            if (renames) {
                spent.hold(file, files.path(file));
            }
        }

        private void wanted(String file) {
            Optional<Spool.Wanted> wanted = spool.wanted(file);
            if (wanted.isEmpty()) {
                return;
            }
            tenure.busy();
            if (ArchiveFileName.parse(file).isEmpty() || wanted.get().request().contains("/")) {
                answers.failed(
                        new FetchQueue.Task(file, Optional.of(wanted.get().request())));
            } else if (queue.isReady(file) && Files.exists(files.path(file))) {
                spool.answered(file);
            } else {
                gone(file);
                queue.wanted(file, wanted.get().request());
            }
        }

        private void ended(FetchQueue.Task task, Got got) {
            switch (got.result()) {
                case ArchiveGet.Result.Fetched(String file, long bytes) -> {
                    if (task.request().isPresent()) {
                        given(task, got.complete() ? OptionalLong.of(bytes) : OptionalLong.empty());
                    } else if (queue.fetched(file)) {
                        spool.answered(file);
                        holdNext();
                    } else {
                        files.delete(file);
                    }
                }
                case ArchiveGet.Result.Missing(String _, Optional<String> note) -> {
                    queue.ended(task);
                    answers.missing(task, note);
                }
            }
        }

        /** What follows is got ahead of a segment that is complete; what follows another is not there yet. */
        private void given(FetchQueue.Task task, OptionalLong completeBytes) {
            follow(task);
            files.given(name(task));
            hold(name(task));
            if (completeBytes.isEmpty()) {
                queue.ended(task);
            } else {
                if (SegmentName.parse(task.file()).isPresent()) {
                    segmentBytes = (int) completeBytes.getAsLong();
                }
                queue.given(task, completeBytes.getAsLong());
                dropSuperfluous();
            }
            answers.answered(task);
            progress.debug("got " + task.file());
        }

        private void follow(FetchQueue.Task task) {
            if (ArchiveFileName.parse(task.file()).orElseThrow() instanceof ArchiveFileName.History history) {
                try {
                    queue.follow(TimelineHistory.parse(history.timeline(), Files.readString(files.path(name(task)))));
                } catch (IOException | PgkeepException e) {
                    // Only the order is lost in which segments are got ahead; PostgreSQL has its own opinion of the
                    // file.
                    progress.debug("cannot read " + task.file() + ": " + e.getMessage());
                }
            }
        }

        /** The launcher finds out for itself, and tells PostgreSQL as it would without a prefetcher. */
        private void failed(FetchQueue.Task task, PgkeepException error) {
            queue.ended(task);
            progress.warn("cannot get " + task.file() + ": " + error.getMessage());
            answers.failed(task);
        }

        /** Looks at everything: at the beginning, when events were lost, and now and then. */
        private void list() {
            listed = System.nanoTime();
            if (files.isGone()) {
                throw new PgkeepException(ErrorCode.FILE_WRITE, "somebody removed " + files.directory());
            }
            for (String file : queue.ready()) {
                if (!Files.exists(files.path(file))) {
                    gone(file);
                }
            }
            spent.look(files::path);
            files.deleteUntaken(TAKEN_WITHIN);
            spool.filesWith(Spool.WANTED).forEach(this::wanted);
        }
    }
}
