package org.pgkeep.backup;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.SegmentSpan;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.WalArchive;

/** Waits for WAL segments to reach the repository. */
final class ArchiveWait {
    private static final long POLL_MILLIS_MIN = 10;
    private static final long POLL_MILLIS_MAX = 500;

    /** A segment takes a tenth of a second to come or a minute: what is waited in vain is a part of either. */
    private static final long POLLS = 8;

    private final WalArchive wal;
    private final Duration timeout;
    private final Progress progress;
    private final Supplier<String> archiverTells;
    private final String hint;

    /**
     * Waits to come.
     *
     * @param timeout how long no further segment may arrive
     * @param archiverTells what the server says of its last failure, as the end of a sentence, or nothing
     * @param hint what to do when none comes
     */
    ArchiveWait(WalArchive wal, Duration timeout, Progress progress, Supplier<String> archiverTells, String hint) {
        this.wal = wal;
        this.timeout = timeout;
        this.progress = progress;
        this.archiverTells = archiverTells;
        this.hint = hint;
    }

    /** Waits for every segment, of either timeline where there are two. */
    void await(SegmentSpan span) {
        try (Progress.Step step = progress.step("wait for WAL", 0)) {
            for (SegmentSpan.Place place : span) {
                step.note(place.toString());
                await(place);
            }
        }
    }

    private void await(SegmentSpan.Place place) {
        long begin = System.nanoTime();
        while (!place.anyIs(wal::has)) {
            long waited = System.nanoTime() - begin;
            if (waited > timeout.toNanos()) {
                throw new PgkeepException(
                        ErrorCode.ARCHIVING,
                        "WAL segment " + place + " did not reach the repository within " + timeout.toSeconds() + " s"
                                + archiverTells.get(),
                        hint);
            }
            sleep(Math.clamp(TimeUnit.NANOSECONDS.toMillis(waited) / POLLS, POLL_MILLIS_MIN, POLL_MILLIS_MAX));
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
