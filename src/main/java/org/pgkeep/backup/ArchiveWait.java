package org.pgkeep.backup;

import java.time.Duration;
import java.util.function.Supplier;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.WalArchive;

/** Waits for WAL segments to reach the repository. */
final class ArchiveWait {
    private static final long POLL_MILLIS_MIN = 10;
    private static final long POLL_MILLIS_MAX = 500;

    private final WalArchive wal;
    private final Duration timeout;
    private final Progress progress;
    private final Supplier<String> archiverTells;

    /**
     * Waits to come.
     *
     * @param timeout how long no further segment may arrive
     * @param archiverTells what the server says of its last failure, as the end of a sentence, or nothing
     */
    ArchiveWait(WalArchive wal, Duration timeout, Progress progress, Supplier<String> archiverTells) {
        this.wal = wal;
        this.timeout = timeout;
        this.progress = progress;
        this.archiverTells = archiverTells;
    }

    /** Waits for every segment from the first to the last: each of the first's timeline or of the last's, to which a standby went on. */
    void await(SegmentName first, SegmentName last, int segmentBytes) {
        SegmentName end = last.onTimeline(first.timeline());
        try (Progress.Step step = progress.step("wait for WAL", 0)) {
            for (SegmentName next = first; next.compareTo(end) <= 0; next = next.next(segmentBytes)) {
                step.note(next.toString());
                awaitOne(next, last.timeline());
            }
        }
    }

    private void awaitOne(SegmentName segment, int otherTimeline) {
        long end = System.nanoTime() + timeout.toNanos();
        long pause = POLL_MILLIS_MIN;
        while (!wal.has(segment) && !wal.has(segment.onTimeline(otherTimeline))) {
            if (System.nanoTime() > end) {
                throw new PgkeepException(
                        ErrorCode.ARCHIVING,
                        "WAL segment " + segment + " did not reach the repository within " + timeout.toSeconds() + " s"
                                + archiverTells.get(),
                        "Look for archive_command's output in the server's log; 'pgkeep check' tests the whole path.");
            }
            sleep(pause);
            pause = Math.min(pause * 2, POLL_MILLIS_MAX);
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PgkeepException(ErrorCode.TERMINATED, "interrupted while waiting for WAL").causedBy(e);
        }
    }
}
