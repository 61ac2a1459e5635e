package org.pgkeep.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ArchiveFileName;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.progress.Progress;

/**
 * Gives up what waits when more waits than may: rather a gap in the archive than a server that stops because its disk is full. All segments
 * at once, because one large gap is better than many small ones. What was given up is recorded in the repository when it can be written again.
 * Timeline histories wait: they take no room, and without them recovery would end on the timeline before.
 */
final class QueueLimit {
    private final Archiver.Request request;
    private final Acknowledgements acknowledgements;
    private final InstantSource clock;
    private final Progress progress;
    private final Set<String> dropped;
    private long segmentBytes;

    QueueLimit(Archiver.Request request, Acknowledgements acknowledgements, InstantSource clock, Progress progress) {
        this.request = request;
        this.acknowledgements = acknowledgements;
        this.clock = clock;
        this.progress = progress;
        this.dropped = new TreeSet<>(acknowledgements.dropped());
    }

    /** Gives up what waits, if it is too much. */
    void hold(PushQueue queue) {
        OptionalLong max = request.queueMax();
        if (max.isEmpty() || queue.depth() == 0 || queue.depth() * segmentBytes(queue) <= max.getAsLong()) {
            return;
        }
        List<String> waiting =
                queue.waiting().stream().filter(QueueLimit::holdsPages).toList();
        if (waiting.size() * segmentBytes(queue) <= max.getAsLong()) {
            return;
        }
        String why = "given up at " + clock.instant().truncatedTo(ChronoUnit.SECONDS)
                + ", when more than archive-queue-max (" + max.getAsLong() + " bytes) waited to be archived";
        for (String file : waiting) {
            giveUp(file, request.wal().resolve(file), why, queue);
        }
        progress.warn("gave up " + waiting.size() + " WAL files, " + waiting.getFirst() + " to " + waiting.getLast()
                + ": more than archive-queue-max waited; the archive has a gap: take a backup when the repository can be"
                + " written again");
    }

    private static boolean holdsPages(String file) {
        return ArchiveFileName.parse(file).flatMap(ArchiveFileName::pages).isPresent();
    }

    /** All segments of a cluster are of one length, and the rest is small. 0 while no segment waits. */
    private long segmentBytes(PushQueue queue) {
        if (segmentBytes == 0) {
            for (String file : queue.waiting()) {
                if (SegmentName.parse(file).isPresent()) {
                    segmentBytes = bytes(request.wal().resolve(file));
                    break;
                }
            }
        }
        return segmentBytes;
    }

    private static long bytes(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            // Gone: the next one tells.
            return 0;
        }
    }

    private void giveUp(String file, Path path, String why, PushQueue queue) {
        if (!Files.exists(path)) {
            return;
        }
        acknowledgements.drop(file, why);
        dropped.add(file);
        acknowledgements.acknowledge(file, Pushes.modified(path), List.of(file + verdict(file, queue) + why));
        queue.givenUp(file, System.nanoTime());
    }

    private static String verdict(String file, PushQueue queue) {
        if (queue.isRunning(file)) {
            return " MAY NOT BE ARCHIVED, its push has not ended: ";
        }
        return queue.isPartly(file) ? " IS NOT ARCHIVED EVERYWHERE: " : " IS NOT ARCHIVED: ";
    }

    /** It could be stored after all. */
    void stored(String file) {
        if (dropped.remove(file)) {
            acknowledgements.recorded(file);
        }
    }

    /** The repository can be written: what was given up is recorded there. */
    void record(Pushes pushes) {
        for (String file : List.copyOf(dropped)) {
            Optional<SegmentName> segment = SegmentName.parse(file);
            try {
                if (segment.isPresent()) {
                    pushes.noteDropped(segment.get(), acknowledgements.whyDropped(file));
                }
            } catch (PgkeepException e) {
                progress.warn("cannot record that " + file + " was given up: " + e.getMessage());
                return;
            }
            stored(file);
        }
    }
}
