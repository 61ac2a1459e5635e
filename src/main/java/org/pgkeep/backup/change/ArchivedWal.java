package org.pgkeep.backup.change;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.wal.SegmentSummary;
import org.pgkeep.postgres.wal.SummaryChain;
import org.pgkeep.postgres.wal.WalSink;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.WalArchive;

/**
 * Finds changes in the WAL since the base: by the summaries of archived segments, which are made where they are missing, and in the
 * server's own segments where the archive does not have them yet.
 *
 * <pre>
 * for each segment from the base's start to the new one's, of the youngest timeline that reaches it:
 *     summary in the archive, else made of the segment in the archive and stored, else made of the server's own
 * join them: each must follow the one before it                                             (SummaryChain)
 * </pre>
 */
final class ArchivedWal {
    /** Summaries that are in memory at a time. */
    private static final int BATCH = 64;

    private final WalArchive archive;
    private final SummaryMaker maker;
    private final BackupRecord base;
    private final Since since;
    private final ControlFile control;
    private final int jobs;
    private final Progress progress;
    private final int segmentBytes;

    ArchivedWal(ChangeFinder.Request request, Progress progress) {
        this.archive = request.wal();
        this.base = request.base();
        this.since = request.since();
        this.control = request.control();
        this.jobs = request.jobs();
        this.progress = progress;
        this.segmentBytes = control.layout().walSegmentBytes();
        this.maker = new SummaryMaker(archive, request.walDirectory(), control, since.start(), progress);
    }

    /**
     * Finds them.
     *
     * @param unreadMax how many bytes of WAL may have to be read because their summaries are missing
     */
    Finding find(Path temporary, long unreadMax) {
        if (base.segmentBytes() != segmentBytes) {
            return new Finding.Unable("the size of WAL segments changed since the base");
        }
        ChangedBlocks blocks = new ChangedBlocks(control.layout(), temporary);
        try {
            Optional<String> unable = tell(blocks, unreadMax);
            if (unable.isEmpty()) {
                return new Finding.Found(new Changes.Listed(Way.WAL, blocks));
            }
            blocks.close();
            return new Finding.Unable(unable.get());
        } catch (PgkeepException e) {
            blocks.close();
            return new Finding.Unable(reason(e));
        } catch (RuntimeException e) {
            blocks.close();
            throw e;
        }
    }

    /** WAL that is not there or cannot be understood leaves the other ways; a store that fails does not. */
    private static String reason(PgkeepException e) {
        return switch (e.code()) {
            case DAMAGED, CLUSTER_DAMAGED, CLUSTER_MISMATCH, CONFLICT, ARCHIVING, FILE_READ, PATH_MISSING ->
                String.valueOf(e.getMessage());
            default -> throw e;
        };
    }

    private Optional<String> tell(ChangedBlocks blocks, long unreadMax) {
        if (!since.base().isBefore(since.start())) {
            return Optional.empty();
        }
        SummaryChain chain = new SummaryChain(control.version(), new Blocks(blocks));
        SegmentName last = SegmentName.holdingBefore(since.history().timeline(), since.start(), segmentBytes);
        long segments = last.start(segmentBytes).minus(first().start(segmentBytes)) / segmentBytes + 1;
        long unread = 0;
        try (Progress.Step step = progress.step("read WAL summaries", 0)) {
            SegmentName next = first();
            for (long done = 0; done < segments; done += BATCH) {
                step.note(next.toString());
                List<SegmentName> batch = batch(next, Math.min(BATCH, segments - done));
                next = batch.getLast().next(segmentBytes);
                List<SummaryMaker.Job> todo = jobs(batch);
                unread += (long) segmentBytes
                        * todo.stream().filter(maker::mustRead).count();
                if (unread > unreadMax) {
                    return Optional.of("more WAL has no summary, from segment " + batch.getFirst()
                            + " on, than the cluster has data: reading it would cost more than reading the cluster");
                }
                for (SegmentSummary summary : maker.make(todo, jobs)) {
                    Optional<String> unable = add(chain, summary);
                    if (unable.isPresent()) {
                        return unable;
                    }
                }
            }
        }
        chain.requireReached(since.start());
        return Optional.empty();
    }

    private SegmentName first() {
        return onItsTimeline(SegmentName.holding(since.baseTimeline(), since.base(), segmentBytes));
    }

    private List<SegmentName> batch(SegmentName from, long count) {
        List<SegmentName> batch = new ArrayList<>();
        SegmentName next = from;
        for (long i = 0; i < count; i++) {
            batch.add(onItsTimeline(next));
            next = next.next(segmentBytes);
        }
        return batch;
    }

    /** A new timeline's first segment begins with a copy of the old one's: the youngest that reaches a segment has all of it. */
    private SegmentName onItsTimeline(SegmentName segment) {
        Lsn end = segment.start(segmentBytes).plus(segmentBytes);
        Lsn wanted = end.isBefore(since.start()) ? end : since.start();
        return segment.onTimeline(since.history().timelineAt(wanted.plus(-1)));
    }

    private List<SummaryMaker.Job> jobs(List<SegmentName> batch) {
        List<SummaryMaker.Job> todo = new ArrayList<>();
        String folder = "";
        Map<SegmentName, WalArchive.Stored> stored = Map.of();
        for (SegmentName segment : batch) {
            if (!segment.folder().equals(folder)) {
                folder = segment.folder();
                stored = archive.storedBeside(segment);
            }
            todo.add(new SummaryMaker.Job(segment, Optional.ofNullable(stored.get(segment))));
        }
        return todo;
    }

    private Optional<String> add(SummaryChain chain, SegmentSummary summary) {
        String segment = "WAL segment " + summary.segment();
        if (summary.minimal()) {
            return Optional.of(segment + " tells of wal_level minimal, which leaves changes out");
        }
        // Since 17 the base's own checkpoint tells the level.
        boolean levelUnknown = !base.online() && !control.version().isAtLeast(MajorVersion.V17);
        if (levelUnknown && summary.parametersTold()) {
            return Optional.of("the server was stopped for the base, and was set up anew in " + segment
                    + ": whether its wal_level was minimal before is unknown");
        }
        return chain.add(summary)
                .map(lsn -> segment + " ends the record at " + lsn + ", which is too long for summaries");
    }

    /** What changed, of main forks. */
    private record Blocks(ChangedBlocks blocks) implements WalSink {
        @Override
        public void block(int tablespace, int database, int relation, int fork, int block) {
            if (fork == 0) {
                blocks.page(unsigned(tablespace), unsigned(database), unsigned(relation), unsigned(block));
            }
        }

        @Override
        public void limit(int tablespace, int database, int relation, int fork, int block) {
            if (fork == 0) {
                blocks.limit(unsigned(tablespace), unsigned(database), unsigned(relation), unsigned(block));
            }
        }

        @Override
        public void database(int tablespace, int database) {
            blocks.database(unsigned(tablespace), unsigned(database));
        }

        private static long unsigned(int number) {
            return Integer.toUnsignedLong(number);
        }
    }

    /** A segment that is nowhere. */
    static PgkeepException missing(SegmentName segment, Path walDirectory) {
        return new PgkeepException(
                ErrorCode.ARCHIVING, "WAL segment " + segment + " is neither in the archive nor in " + walDirectory);
    }
}
