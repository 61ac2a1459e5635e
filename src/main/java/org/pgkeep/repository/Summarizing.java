package org.pgkeep.repository;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.wal.SegmentSummarizer;
import org.pgkeep.postgres.wal.SegmentSummary;

/** The summary of a segment, made beside compressing it: PostgreSQL waits for both, and mostly a second core is idle. */
final class Summarizing {
    private final SegmentName segment;
    private final FutureTask<Made> task;

    private Summarizing(SegmentName segment, FutureTask<Made> task) {
        this.segment = segment;
        this.task = task;
    }

    /**
     * What was made.
     *
     * @param hash of the content that was read
     */
    private record Made(String hash, SegmentSummary summary) {}

    /** Begins beside what else is done with the file. */
    static Summarizing begin(SegmentName segment, Path file) {
        FutureTask<Made> task = new FutureTask<>(() -> {
            SegmentSummarizer summarizer = new SegmentSummarizer(segment);
            String hash = WalSource.copy(file, summarizer);
            return new Made(hash, summarizer.finish());
        });
        Thread.ofPlatform().daemon().name("pgkeep-summary").start(task);
        return new Summarizing(segment, task);
    }

    /** Of content that is held it is made now, for who has several segments has work for every core. */
    static Summarizing of(SegmentName segment, WalSource content) {
        FutureTask<Made> task = new FutureTask<>(() -> {
            SegmentSummarizer summarizer = new SegmentSummarizer(segment);
            content.copyTo(summarizer);
            return new Made(content.hash(), summarizer.finish());
        });
        task.run();
        return new Summarizing(segment, task);
    }

    /**
     * Stores it. The segment is durable: whatever goes wrong here, PostgreSQL must not hear of it and push the segment again.
     *
     * @param hash of what was stored
     * @return why there is no summary; empty when there is one
     */
    Optional<String> store(WalSummaries summaries, String hash) {
        try {
            Made made = task.get();
            if (!made.hash.equals(hash)) {
                return Optional.of("the file changed while it was read");
            }
            summaries.store(hash, made.summary);
            return Optional.empty();
        } catch (ExecutionException e) {
            return Optional.of(
                    String.valueOf(Optional.ofNullable(e.getCause()).orElse(e).getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PgkeepException(ErrorCode.TERMINATED, "interrupted while summarizing " + segment).causedBy(e);
        } catch (RuntimeException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
