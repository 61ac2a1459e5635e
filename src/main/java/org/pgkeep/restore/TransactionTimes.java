package org.pgkeep.restore;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.wal.SegmentSummarizer;
import org.pgkeep.postgres.wal.SummaryChain;
import org.pgkeep.postgres.wal.WalSink;
import org.pgkeep.repository.WalArchive;

/**
 * When transactions ended, by the WAL itself. Recovery to a time stops at the first that ended after it ({@code recoveryStopsBefore},
 * {@code xlogrecovery.c}), and where the WAL has none, as of a server that nobody used since, PostgreSQL 13 and later fail with "recovery ended
 * before configured recovery target was reached".
 */
final class TransactionTimes {
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    /** What is read of a busy server's WAL is found in the first; that of a night without work compresses to nothing. */
    private static final int SEGMENTS_MAX = 64;

    private final WalArchive wal;
    private final MajorVersion version;

    TransactionTimes(WalArchive wal, MajorVersion version) {
        this.wal = wal;
        this.version = version;
    }

    /**
     * What the WAL tells.
     *
     * @param reached whether a transaction ended after the time that was asked for
     * @param last when the last one ended that was read of; empty when none was
     * @param segments how many were read for that
     */
    record Told(boolean reached, Optional<Instant> last, int segments) {}

    /** Hears of the records that are cut by a boundary of segments. */
    private static final class AtBoundaries implements WalSink {
        private long last = Long.MIN_VALUE;

        @Override
        public void ended(long time) {
            last = Math.max(last, time);
        }

        @Override
        public void block(int tablespace, int database, int relation, int fork, int block) {}

        @Override
        public void limit(int tablespace, int database, int relation, int fork, int block) {}

        @Override
        public void database(int tablespace, int database) {}
    }

    /** Reads segments that follow on one another, until a transaction ended after this time; empty when that cannot be told. */
    Optional<Told> after(Instant time, List<SegmentName> segments) {
        long wanted = ChronoUnit.MICROS.between(EPOCH, time);
        AtBoundaries boundaries = new AtBoundaries();
        SummaryChain chain = new SummaryChain(version, boundaries);
        long last = Long.MIN_VALUE;
        int read = 0;
        for (SegmentName segment : segments) {
            if (read++ == SEGMENTS_MAX) {
                return Optional.empty();
            }
            SegmentSummarizer summarizer = new SegmentSummarizer(segment);
            try {
                read(segment, summarizer);
                if (chain.add(summarizer.finish()).isPresent()) {
                    return Optional.empty();
                }
            } catch (PgkeepException e) {
                return unknown(e);
            }
            last = Math.max(
                    last, Math.max(boundaries.last, summarizer.lastEnded().orElse(Long.MIN_VALUE)));
            if (last > wanted) {
                return Optional.of(new Told(true, Optional.of(at(last)), read));
            }
        }
        return Optional.of(new Told(false, last == Long.MIN_VALUE ? Optional.empty() : Optional.of(at(last)), read));
    }

    /** What cannot be read or understood, PostgreSQL will say; a store that fails is another matter. */
    private static Optional<Told> unknown(PgkeepException e) {
        return switch (e.code()) {
            case DAMAGED, CLUSTER_DAMAGED, CLUSTER_MISMATCH, CONFLICT -> Optional.empty();
            default -> throw e;
        };
    }

    private static Instant at(long time) {
        return EPOCH.plus(time, ChronoUnit.MICROS);
    }

    private void read(SegmentName segment, SegmentSummarizer summarizer) {
        WalArchive.Stored stored = wal.find(segment.toString())
                .orElseThrow(() -> new PgkeepException(ErrorCode.DAMAGED, segment + " is only there in part"));
        try {
            long _ = wal.copyTo(stored, summarizer);
        } catch (IOException e) {
            throw new PgkeepException(ErrorCode.BUG, "summarizing does not write").causedBy(e);
        }
    }
}
