package org.pgkeep.repository;

import java.io.OutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.wal.SegmentSummarizer;
import org.pgkeep.postgres.wal.SegmentSummary;

/**
 * Makes the summary of a segment whose bytes are written to it. Whatever is wrong with it keeps no segment from being stored: PostgreSQL would
 * offer it again for ever. So nothing here fails; {@link #store} tells why there is no summary.
 */
final class Summarizing extends OutputStream {
    private @Nullable SegmentSummarizer summarizer;
    private @Nullable SegmentSummary made;
    private @Nullable String problem;

    Summarizing(SegmentName segment) {
        try {
            this.summarizer = new SegmentSummarizer(segment);
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        SegmentSummarizer open = summarizer;
        if (open == null) {
            return;
        }
        try {
            open.write(bytes, offset, length);
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    /** All bytes are written. */
    void finish() {
        SegmentSummarizer open = summarizer;
        if (open == null) {
            return;
        }
        try {
            made = open.finish();
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    /** There will be none. */
    void fail(Throwable why) {
        summarizer = null;
        made = null;
        problem = why instanceof PgkeepException known ? String.valueOf(known.getMessage()) : why.toString();
    }

    /**
     * Stores it, once it is finished, beside the segment, which is durable.
     *
     * @param hash of what was stored
     * @return why there is no summary; empty when there is one
     */
    Optional<String> store(WalSummaries summaries, String hash) {
        if (made == null) {
            return Optional.of(String.valueOf(problem));
        }
        try {
            summaries.store(hash, made);
            return Optional.empty();
        } catch (RuntimeException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
