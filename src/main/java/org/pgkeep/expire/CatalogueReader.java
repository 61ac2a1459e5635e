package org.pgkeep.expire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ArchiveFileName;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.repository.BackupMarks;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterRecord;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.WalArchive;
import org.pgkeep.storage.ObjectInfo;

/** Reads a cluster's catalogue: one small object a backup, one for each mark, and the names of all WAL in one pass. */
final class CatalogueReader {
    private final ClusterStore cluster;

    CatalogueReader(ClusterStore cluster) {
        this.cluster = cluster;
    }

    Catalogue read() {
        ClusterStore.Listing listing = cluster.listing();
        BackupMarks.Listing marks = cluster.marks().all();
        List<Label> merged = listing.sound().stream()
                .filter(backup -> backup.merged().isPresent())
                .map(BackupRecord::label)
                .toList();
        List<Candidate> candidates = new ArrayList<>();
        for (BackupRecord backup : listing.sound()) {
            Optional<String> unreadable =
                    Optional.ofNullable(marks.unreadable().get(backup.label())).map(CatalogueReader::message);
            candidates.add(Candidate.of(backup, marks.of(backup.label()), unreadable, merged));
        }
        SortedMap<Label, String> unreadable = new TreeMap<>();
        listing.unreadable().forEach((label, error) -> unreadable.put(label, message(error)));
        List<Archive> archives = new ArrayList<>();
        for (ClusterRecord.History history : cluster.record().history()) {
            archives.add(archive(history.id(), candidates));
        }
        return new Catalogue(candidates, unreadable, archives);
    }

    private static String message(PgkeepException error) {
        return String.valueOf(error.getMessage());
    }

    private Archive archive(int historyId, List<Candidate> candidates) {
        Set<Integer> sizes = new HashSet<>();
        candidates.stream()
                .map(Candidate::stretch)
                .filter(stretch -> stretch.historyId() == historyId)
                .forEach(stretch -> sizes.add(stretch.segmentBytes()));
        Optional<Integer> size = sizes.size() == 1 ? sizes.stream().findFirst() : Optional.empty();
        WalArchive wal = cluster.wal(historyId);
        SortedMap<Integer, Names> byTimeline = new TreeMap<>(Integer::compareUnsigned);
        Set<Integer> histories = new TreeSet<>();
        try (Stream<WalArchive.Stored> files = wal.list()) {
            files.forEach(stored -> note(stored, size.orElse(Archive.SEGMENT_BYTES_MIN), byTimeline, histories));
        }
        List<Archive.OfTimeline> timelines = new ArrayList<>();
        histories.forEach(timeline -> byTimeline.computeIfAbsent(timeline, _ -> new Names()));
        for (Map.Entry<Integer, Names> each : byTimeline.entrySet()) {
            int timeline = each.getKey();
            Optional<TimelineHistory> history =
                    histories.contains(timeline) ? history(wal, timeline) : Optional.empty();
            timelines.add(each.getValue().timeline(timeline, history, wal));
        }
        boolean current = cluster.record().current().id() == historyId;
        return new Archive(historyId, current, size, timelines);
    }

    /** What is there of one timeline, as it comes. */
    private static final class Names {
        private final Runs.Collector segments = new Runs.Collector();
        private final Runs.Collector files = new Runs.Collector();
        private Optional<WalArchive.Stored> last = Optional.empty();

        Archive.OfTimeline timeline(int timeline, Optional<TimelineHistory> history, WalArchive wal) {
            Optional<Instant> archived = last.flatMap(wal::info).map(ObjectInfo::modified);
            return new Archive.OfTimeline(timeline, history, segments.runs(), files.runs(), archived);
        }
    }

    private static void note(
            WalArchive.Stored stored, int segmentBytes, SortedMap<Integer, Names> byTimeline, Set<Integer> histories) {
        Optional<SegmentName> piece = stored.pieceOf();
        if (piece.isPresent()) {
            Names _ = noted(piece.get(), segmentBytes, byTimeline);
            return;
        }
        Optional<ArchiveFileName> name = ArchiveFileName.parse(stored.file());
        if (name.isEmpty()) {
            return;
        }
        switch (name.get()) {
            case ArchiveFileName.Segment(SegmentName segment) -> {
                Names names = noted(segment, segmentBytes, byTimeline);
                names.segments.add(number(segment, segmentBytes));
                names.last = Optional.of(stored);
            }
            case ArchiveFileName.Partial(SegmentName segment) -> noted(segment, segmentBytes, byTimeline);
            case ArchiveFileName.BackupHistory(SegmentName segment, int _) -> noted(segment, segmentBytes, byTimeline);
            case ArchiveFileName.History(int timeline) -> {
                boolean _ = histories.add(timeline);
            }
        }
    }

    private static Names noted(SegmentName segment, int segmentBytes, SortedMap<Integer, Names> byTimeline) {
        Names names = byTimeline.computeIfAbsent(segment.timeline(), _ -> new Names());
        names.files.add(number(segment, segmentBytes));
        return names;
    }

    private static long number(SegmentName segment, int segmentBytes) {
        return Long.divideUnsigned(segment.start(segmentBytes).value(), segmentBytes);
    }

    /** Where it cannot be read, nobody knows what leads there, and everything stays. */
    private static Optional<TimelineHistory> history(WalArchive wal, int timeline) {
        try {
            return wal.find(TimelineHistory.fileName(timeline))
                    .map(stored -> TimelineHistory.parse(timeline, text(wal, stored)));
        } catch (PgkeepException e) {
            return switch (e.code()) {
                case DAMAGED, CLUSTER_DAMAGED, CONFLICT -> Optional.empty();
                default -> throw e;
            };
        }
    }

    private static String text(WalArchive wal, WalArchive.Stored stored) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        try {
            long _ = wal.copyTo(stored, content);
        } catch (IOException e) {
            throw new PgkeepException(ErrorCode.BUG, "a buffer in memory fails").causedBy(e);
        }
        return content.toString(StandardCharsets.UTF_8);
    }
}
