package org.pgkeep.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.Repository;

/** Pushes several files at once, each as {@link ArchivePush} does, and puts how each ended among the events. */
final class Pushes implements AutoCloseable {
    private final Archiver.Request request;
    private final Supplier<Repository> opener;
    private final BlockingQueue<SpoolEvent> events;
    private final ExecutorService workers;
    private @Nullable Repository repository;

    Pushes(Archiver.Request request, Supplier<Repository> opener, BlockingQueue<SpoolEvent> events) {
        this.request = request;
        this.opener = opener;
        this.events = events;
        this.workers = Executors.newFixedThreadPool(
                request.jobs(),
                task -> Thread.ofPlatform().daemon().name("push").unstarted(task));
    }

    /** Begins to push. */
    void start(String file, Path path) {
        workers.execute(() -> {
            try {
                events.put(push(file, path));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private SpoolEvent.Ended push(String file, Path path) {
        try {
            return stored(file, path);
        } catch (PgkeepException e) {
            return failed(file, e);
        } catch (RuntimeException | Error e) {
            // Whatever it is, the launcher that waits must hear of it.
            return failed(file, new PgkeepException(ErrorCode.BUG, "unexpected " + e).causedBy(e));
        }
    }

    private SpoolEvent.Ended stored(String file, Path path) {
        FileTime before = modified(path);
        ArchivePush.Result result = new ArchivePush(repository())
                .push(new ArchivePush.Request(
                        request.cluster(),
                        path.toString(),
                        Optional.empty(),
                        request.compression(),
                        request.summarize()));
        if (!modified(path).equals(before)) {
            throw new PgkeepException(ErrorCode.FILE_READ, path + " changed while it was pushed");
        }
        List<String> warnings = result.unsummarized()
                .map(why -> List.of(file + " is archived, but has no summary for incremental backups: " + why))
                .orElse(List.of());
        return new SpoolEvent.Ended(file, before, warnings, Optional.empty());
    }

    private static SpoolEvent.Ended failed(String file, PgkeepException error) {
        return new SpoolEvent.Ended(file, FileTime.fromMillis(0), List.of(), Optional.of(error));
    }

    static FileTime modified(Path path) {
        try {
            return Files.getLastModifiedTime(path);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + path, e);
        }
    }

    /** The repository, opened when it is first needed: one out of reach is an answer to who waits, not the archiver's end. */
    synchronized Repository repository() {
        if (repository == null) {
            repository = opener.get();
        }
        return repository;
    }

    /** Opens the repository anew for the next push; none may run. */
    synchronized void reopen() {
        if (repository != null) {
            repository.close();
            repository = null;
        }
    }

    @Override
    public void close() {
        workers.shutdownNow();
        reopen();
    }
}
