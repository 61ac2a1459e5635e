package org.pgkeep.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.repository.WalArchive;
import org.pgkeep.repository.WalCensus;
import org.pgkeep.repository.WalFolder;
import org.pgkeep.storage.ObjectInfo;

/** The archived WAL of one database cluster, as far as names tell: which segments, of which timelines, and how these descend. */
final class WalSurvey {
    private final WalArchive wal;
    private final int historyId;
    private final int segmentBytes;
    private final boolean sizes;
    private final SortedMap<Integer, Timeline> timelines = new TreeMap<>(Integer::compareUnsigned);
    private final Map<Integer, TimelineHistory> histories = new HashMap<>();
    private final List<String> problems = new ArrayList<>();

    /** What is there of one timeline. */
    private static final class Timeline {
        private final SegmentRuns runs;
        private final List<SegmentName> conflicts = new ArrayList<>();
        private final List<SegmentName> dropped = new ArrayList<>();
        private final List<SegmentName> damaged = new ArrayList<>();
        private Optional<SegmentName> partial = Optional.empty();
        private Optional<WalRange.Streamed> streamed = Optional.empty();
        private final int segmentBytes;
        private long storedBytes;
        private long recent;
        private Instant newest = Instant.MIN;

        Timeline(int id, int segmentBytes) {
            this.segmentBytes = segmentBytes;
            runs = new SegmentRuns(id, segmentBytes);
        }

        void add(WalFolder folder) {
            runs.add(folder);
            storedBytes += folder.storedBytes();
            recent += folder.recent();
            newest = folder.newest().isAfter(newest) ? folder.newest() : newest;
            for (int i = folder.nextPartial(0); i >= 0; i = folder.nextPartial(i + 1)) {
                partial = Optional.of(folder.segment(i));
            }
            folder.streamed()
                    .forEach((segment, bytes) -> streamed = Optional.of(new WalRange.Streamed(
                            segment, segment.start(segmentBytes).plus(bytes))));
            for (int i = folder.nextDropped(0); i >= 0; i = folder.nextDropped(i + 1)) {
                if (dropped.size() < WalRange.LISTED_MAX) {
                    dropped.add(folder.segment(i));
                }
            }
            for (int i = folder.nextDamaged(0); i >= 0; i = folder.nextDamaged(i + 1)) {
                if (damaged.size() < WalRange.LISTED_MAX) {
                    damaged.add(folder.segment(i));
                }
            }
            for (int i = folder.nextTwice(0); i >= 0; i = folder.nextTwice(i + 1)) {
                if (conflicts.size() < WalRange.LISTED_MAX) {
                    conflicts.add(folder.segment(i));
                }
            }
        }
    }

    private WalSurvey(WalArchive wal, int historyId, int segmentBytes, boolean sizes) {
        this.wal = wal;
        this.historyId = historyId;
        this.segmentBytes = segmentBytes;
        this.sizes = sizes;
    }

    /**
     * Lists an archive.
     *
     * @param segmentBytes if that is known
     * @param since also to ask how much each segment takes, and how many were stored at or after this
     */
    static WalSurvey of(WalArchive wal, int historyId, Optional<Integer> segmentBytes, Optional<Instant> since) {
        WalCensus census = wal.census(since);
        WalSurvey survey = new WalSurvey(
                wal, historyId, segmentBytes.orElseGet(() -> census.segmentBytes(wal)), since.isPresent());
        for (WalFolder folder : census.folders()) {
            survey.timeline(folder.timeline()).add(folder);
        }
        census.histories().forEach(survey::timeline);
        return survey;
    }

    private Timeline timeline(int id) {
        return timelines.computeIfAbsent(id, timeline -> new Timeline(timeline, segmentBytes));
    }

    /** That there is this timeline although it has no WAL yet: a backup was taken on it. */
    void expect(int timeline) {
        Timeline _ = timeline(timeline);
    }

    int historyId() {
        return historyId;
    }

    int segmentBytes() {
        return segmentBytes;
    }

    /** All timelines that the archive knows, ascending. */
    List<Integer> timelines() {
        return List.copyOf(timelines.keySet());
    }

    /** The segments of a timeline. */
    SegmentRuns runs(int id) {
        return Optional.ofNullable(timelines.get(id))
                .map(found -> found.runs)
                .orElseGet(() -> new SegmentRuns(id, segmentBytes));
    }

    /** The line of descent of a timeline; one that nobody archived, or that cannot be read, has no ancestors. */
    TimelineHistory history(int timeline) {
        return histories.computeIfAbsent(timeline, this::read);
    }

    private TimelineHistory read(int timeline) {
        try {
            return wal.history(timeline).orElseGet(() -> TimelineHistory.of(timeline));
        } catch (PgkeepException e) {
            switch (e.code()) {
                case CONFLICT, DAMAGED, CLUSTER_DAMAGED -> problems.add(String.valueOf(e.getMessage()));
                default -> throw e;
            }
            return TimelineHistory.of(timeline);
        }
    }

    /** Histories that could not be read, a sentence each. */
    List<String> problems() {
        return problems;
    }

    /** When a segment was archived; empty when it has two contents, and nothing can be recovered through it before that is settled. */
    Optional<Instant> archivedAt(SegmentName segment) {
        try {
            return wal.find(segment.toString()).flatMap(wal::info).map(ObjectInfo::modified);
        } catch (PgkeepException e) {
            if (e.code() == ErrorCode.CONFLICT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** How far the newest segment of a timeline that is not complete was streamed; empty when it was not. */
    Optional<WalRange.Streamed> streamed(int timeline) {
        Timeline found = timelines.get(timeline);
        return found == null ? Optional.empty() : found.streamed;
    }

    /** When the last of what was streamed of a segment was stored; empty when it cannot be told. */
    Optional<Instant> streamedAt(SegmentName segment) {
        try {
            return wal.pieces().of(segment).lastStored();
        } catch (PgkeepException e) {
            if (e.code() == ErrorCode.CONFLICT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** What is there, by timeline. */
    List<WalRange> ranges() {
        List<WalRange> ranges = new ArrayList<>();
        timelines.forEach((id, timeline) -> ranges.add(new WalRange(
                historyId,
                id,
                segmentBytes,
                origin(history(id)),
                held(timeline.runs),
                timeline.partial,
                timeline.streamed,
                // Names alone do not tell whether both are the same as far as they are WAL.
                timeline.conflicts.stream()
                        .filter(segment -> wal.isAmbiguous(segment.toString()))
                        .toList(),
                timeline.dropped,
                timeline.damaged,
                sizes ? OptionalLong.of(timeline.storedBytes) : OptionalLong.empty(),
                arrivals(timeline))));
        return ranges;
    }

    private static Optional<WalRange.Arrivals> arrivals(Timeline timeline) {
        return timeline.newest.equals(Instant.MIN)
                ? Optional.empty()
                : Optional.of(new WalRange.Arrivals(timeline.newest, timeline.recent));
    }

    private static Optional<WalRange.Origin> origin(TimelineHistory history) {
        if (history.ancestors().isEmpty()) {
            return Optional.empty();
        }
        TimelineHistory.Ancestor parent = history.ancestors().getLast();
        return Optional.of(new WalRange.Origin(parent.timeline(), parent.end()));
    }

    private static Optional<WalRange.Held> held(SegmentRuns runs) {
        return runs.isEmpty()
                ? Optional.empty()
                : Optional.of(new WalRange.Held(
                        runs.first(), runs.last(), runs.count(), runs.gaps(WalRange.LISTED_MAX), runs.gapCount()));
    }

    /** The number of the segment that holds the byte at this LSN. */
    long number(Lsn lsn) {
        return Long.divideUnsigned(lsn.value(), segmentBytes);
    }

    /** The LSN at which the segment of this number begins. */
    Lsn start(long number) {
        return new Lsn(number * segmentBytes);
    }
}
