package org.pgkeep.backup.change;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.server.ChangeSource;
import org.pgkeep.progress.Progress;

/** Finds changes by the server's own WAL summaries ({@code summarize_wal}, since PostgreSQL 17). */
final class ServerSummaries {
    /** The summarizer works through WAL at once; if it stands still for so long, it will not catch up. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final long POLL_MILLIS = 50;

    private final ChangeSource server;
    private final Progress progress;

    ServerSummaries(ChangeSource server, Progress progress) {
        this.server = server;
        this.progress = progress;
    }

    Finding find(Since since, ControlFile.Layout layout, Path temporary) {
        if (!server.hasSummaries()) {
            return new Finding.Unable("only PostgreSQL 17 and later summarize WAL");
        }
        List<Since.Stretch> stretches = since.stretches();
        if (!stretches.isEmpty()) {
            Lsn reached = await(since.start());
            if (reached.isBefore(since.start())) {
                return new Finding.Unable(
                        reached.isInvalid()
                                ? "the server summarizes nothing: summarize_wal is off"
                                : "the server has summarized WAL up to " + reached + " only, not to " + since.start());
            }
        }
        List<ChangeSource.Summary> needed = new ArrayList<>();
        List<ChangeSource.Summary> all = server.summaries();
        for (Since.Stretch stretch : stretches) {
            Optional<Lsn> gap = cover(stretch, all, needed);
            if (gap.isPresent()) {
                return new Finding.Unable("the server has no summary of WAL from " + gap.get() + " on, timeline "
                        + Integer.toUnsignedString(stretch.timeline()));
            }
        }
        try {
            return new Finding.Found(new Changes.Listed(Way.SUMMARY, read(needed, layout, temporary)));
        } catch (PgkeepException e) {
            if (e.code() != ErrorCode.QUERY) {
                throw e;
            }
            // wal_summary_keep_time has passed for one since they were listed.
            return new Finding.Unable("a WAL summary cannot be read: " + e.getMessage());
        }
    }

    private Lsn await(Lsn wanted) {
        Lsn reached = server.summarizedUpTo();
        try (Progress.Step step = progress.step("wait for the WAL summarizer", 0)) {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (!reached.isInvalid() && reached.isBefore(wanted) && System.nanoTime() < end) {
                step.note("at " + reached + " of " + wanted);
                pause();
                Lsn now = server.summarizedUpTo();
                if (!now.equals(reached)) {
                    end = System.nanoTime() + PATIENCE.toNanos();
                }
                reached = now;
            }
        }
        return reached;
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PgkeepException(ErrorCode.TERMINATED, "interrupted while waiting for the WAL summarizer")
                    .causedBy(e);
        }
    }

    /** Adds the summaries that cover a stretch; gives the LSN from which on there is none. */
    static Optional<Lsn> cover(
            Since.Stretch stretch, List<ChangeSource.Summary> all, List<ChangeSource.Summary> needed) {
        Lsn reached = stretch.from();
        for (ChangeSource.Summary summary : all) {
            boolean adds = summary.timeline() == stretch.timeline()
                    && summary.start().isBefore(stretch.to())
                    && reached.isBefore(summary.end());
            if (adds && reached.isBefore(summary.start())) {
                return Optional.of(reached);
            }
            if (adds) {
                needed.add(summary);
                reached = summary.end();
            }
        }
        return reached.isBefore(stretch.to()) ? Optional.of(reached) : Optional.empty();
    }

    private ChangedBlocks read(List<ChangeSource.Summary> summaries, ControlFile.Layout layout, Path temporary) {
        ChangedBlocks blocks = new ChangedBlocks(layout, temporary);
        try (Progress.Step step = progress.step("read WAL summaries", 0)) {
            for (ChangeSource.Summary summary : summaries) {
                step.note(summary.start() + " to " + summary.end());
                server.read(summary, (tablespace, database, relation, block, isLimit) -> {
                    if (relation == 0) {
                        blocks.database(tablespace, database);
                    } else if (isLimit) {
                        blocks.limit(tablespace, database, relation, block);
                    } else {
                        blocks.page(tablespace, database, relation, block);
                    }
                });
            }
            return blocks;
        } catch (RuntimeException e) {
            blocks.close();
            throw e;
        }
    }
}
