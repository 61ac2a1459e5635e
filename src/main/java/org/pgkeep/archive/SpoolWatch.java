package org.pgkeep.archive;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import org.pgkeep.progress.Progress;

/**
 * Hears from the system of files that come and go in one directory (the server's {@code archive_status}, a prefetcher's queue), and of what
 * is asked for in the spool, without listing these.
 */
final class SpoolWatch implements AutoCloseable {
    private final WatchService service;
    private final Path files;
    private final String ending;
    private final BlockingQueue<SpoolEvent> events;

    private SpoolWatch(WatchService service, Path files, String ending, BlockingQueue<SpoolEvent> events) {
        this.service = service;
        this.files = files;
        this.ending = ending;
        this.events = events;
    }

    /**
     * Begins to listen; empty where the system has no room for one more who does: then the directories must be listed.
     *
     * @param files the directory
     * @param ending that files have there which matter; what is told is the name without it
     * @param events where they are put
     */
    static Optional<SpoolWatch> start(
            Path files, String ending, Path spool, BlockingQueue<SpoolEvent> events, Progress progress) {
        try {
            WatchService service = files.getFileSystem().newWatchService();
            try {
                WatchKey _ = files.register(service, ENTRY_CREATE, ENTRY_DELETE);
                WatchKey _ = spool.register(service, ENTRY_CREATE);
            } catch (IOException e) {
                service.close();
                throw e;
            }
            SpoolWatch watch = new SpoolWatch(service, files, ending, events);
            Thread.ofPlatform().daemon().name("watch").start(watch::listen);
            return Optional.of(watch);
        } catch (IOException e) {
            progress.warn("cannot watch " + files + " and " + spool + " (" + e.getMessage()
                    + "): they are listed twice a second instead");
            return Optional.empty();
        }
    }

    private void listen() {
        try {
            while (true) {
                WatchKey key = service.take();
                for (WatchEvent<?> event : key.pollEvents()) {
                    tell(event, key.watchable().equals(files));
                }
                if (!key.reset()) {
                    // The directory is gone: the next listing says so.
                    events.put(new SpoolEvent.Overflow());
                }
            }
        } catch (ClosedWatchServiceException e) {
            // Closed.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell(WatchEvent<?> event, boolean ofFiles) throws InterruptedException {
        if (event.kind().equals(OVERFLOW)) {
            events.put(new SpoolEvent.Overflow());
            return;
        }
        String name = String.valueOf(event.context());
        if (ofFiles && name.endsWith(ending)) {
            String file = name.substring(0, name.length() - ending.length());
            events.put(event.kind().equals(ENTRY_DELETE) ? new SpoolEvent.Gone(file) : new SpoolEvent.Ready(file));
        } else if (!ofFiles && name.endsWith(Spool.WANTED)) {
            events.put(new SpoolEvent.Wanted(name.substring(0, name.length() - Spool.WANTED.length())));
        } else if (!ofFiles && name.equals(Spool.RETIRE)) {
            events.put(new SpoolEvent.Overflow());
        }
    }

    @Override
    public void close() {
        try {
            service.close();
        } catch (IOException e) {
            // The process ends.
        }
    }
}
