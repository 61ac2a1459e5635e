package org.pgkeep.backup.change;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.WalHeader;
import org.pgkeep.postgres.wal.SegmentSummarizer;
import org.pgkeep.postgres.wal.SegmentSummary;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.WalArchive;

/** Fetches summaries of segments, and makes those that are missing, several at a time. */
final class SummaryMaker {
    private static final int STEP_BYTES = 1 << 18;

    private final WalArchive archive;
    private final Path walDirectory;
    private final ControlFile control;
    private final Lsn end;
    private final Progress progress;
    private final AtomicBoolean toldOfStoring = new AtomicBoolean();

    /**
     * A maker.
     *
     * @param walDirectory the server's own segments
     * @param end the server's own segments are sound up to here
     */
    SummaryMaker(WalArchive archive, Path walDirectory, ControlFile control, Lsn end, Progress progress) {
        this.archive = archive;
        this.walDirectory = walDirectory;
        this.control = control;
        this.end = end;
        this.progress = progress;
    }

    /** A segment that is wanted, and where the archive has it. */
    record Job(SegmentName segment, Optional<WalArchive.Stored> stored) {}

    /** Whether a segment of the archive must be read. */
    boolean mustRead(Job job) {
        return job.stored
                .filter(stored -> !archive.summaries().has(job.segment, stored.hash()))
                .isPresent();
    }

    /** The summaries, in order. The first error of all is thrown. */
    List<SegmentSummary> make(List<Job> todo, int jobs) {
        try (ExecutorService workers = Executors.newFixedThreadPool(
                jobs, Thread.ofPlatform().name("pgkeep-wal-", 0).factory())) {
            List<Future<SegmentSummary>> futures =
                    todo.stream().map(job -> workers.submit(() -> make(job))).toList();
            try {
                List<SegmentSummary> summaries = new ArrayList<>();
                for (Future<SegmentSummary> future : futures) {
                    summaries.add(future.get());
                }
                return summaries;
            } catch (ExecutionException e) {
                throw e.getCause() instanceof PgkeepException known
                        ? known
                        : new PgkeepException(ErrorCode.BUG, "summarizing WAL failed").causedBy(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PgkeepException(ErrorCode.TERMINATED, "interrupted while summarizing WAL").causedBy(e);
            } finally {
                workers.shutdownNow();
            }
        }
    }

    private SegmentSummary make(Job job) {
        if (job.stored.isPresent()) {
            return archived(job.segment, job.stored.get());
        }
        Path own = walDirectory.resolve(job.segment.toString());
        if (Files.isRegularFile(own)) {
            return own(job.segment, own);
        }
        return archive.find(job.segment + ".partial")
                .map(partial -> expand(new SegmentSummarizer(job.segment, end), partial))
                .orElseThrow(() -> ArchivedWal.missing(job.segment, walDirectory));
    }

    private SegmentSummary archived(SegmentName segment, WalArchive.Stored stored) {
        Optional<SegmentSummary> known = archive.summaries().findSound(segment, stored.hash());
        if (known.isPresent()) {
            return known.get();
        }
        SegmentSummary made = expand(new SegmentSummarizer(segment), stored);
        try {
            archive.summaries().store(stored.hash(), made);
        } catch (PgkeepException e) {
            if (toldOfStoring.compareAndSet(false, true)) {
                progress.warn("a WAL summary cannot be stored, and will have to be made again: " + e.getMessage());
            }
        }
        return made;
    }

    private SegmentSummary expand(SegmentSummarizer summarizer, WalArchive.Stored stored) {
        try {
            long _ = archive.copyTo(stored, summarizer);
            return summarizer.finish();
        } catch (IOException e) {
            throw new PgkeepException(ErrorCode.BUG, "summarizing does no I/O").causedBy(e);
        }
    }

    /** The server may be writing behind {@code end}; up to there it has written. */
    private SegmentSummary own(SegmentName segment, Path file) {
        SegmentSummarizer summarizer = new SegmentSummarizer(segment, end);
        try (InputStream stream = Files.newInputStream(file)) {
            byte[] bytes = stream.readNBytes(WalHeader.BYTES);
            WalHeader.parse(bytes, file.toString()).require(segment, control.systemIdentifier(), control.version());
            while (bytes.length > 0 && !summarizer.isDone()) {
                summarizer.write(bytes, 0, bytes.length);
                bytes = stream.readNBytes(STEP_BYTES);
            }
            return summarizer.finish();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + file, e);
        }
    }
}
