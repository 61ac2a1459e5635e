package org.pgkeep.repository;

import java.io.IOException;
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
    private final WalSource content;
    private final FutureTask<SegmentSummary> task;

    private Summarizing(SegmentName segment, WalSource content) {
        this.segment = segment;
        this.content = content;
        this.task = new FutureTask<>(this::summarize);
    }

    /** Begins; of content that is held it is made now, for who has several segments has work for every core. */
    static Summarizing begin(SegmentName segment, WalSource content) {
        Summarizing begun = new Summarizing(segment, content);
        if (content.isHeld()) {
            begun.task.run();
            return begun;
        }
        Thread.ofPlatform().daemon().name("pgkeep-summary").start(begun.task);
        return begun;
    }

    private SegmentSummary summarize() throws IOException {
        SegmentSummarizer summarizer = new SegmentSummarizer(segment);
        content.copyTo(summarizer);
        return summarizer.finish();
    }

    /**
     * Stores it. The segment is durable: whatever goes wrong here, PostgreSQL must not hear of it and push the segment again.
     *
     * @return why there is no summary; empty when there is one
     */
    Optional<String> store(WalSummaries summaries) {
        try {
            summaries.store(content.hash(), task.get());
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
