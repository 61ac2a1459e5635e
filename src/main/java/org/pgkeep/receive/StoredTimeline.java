package org.pgkeep.receive;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.repository.WalArchive;
import org.pgkeep.repository.WalCensus;
import org.pgkeep.repository.WalFolder;
import org.pgkeep.storage.ObjectInfo;

/**
 * What the repository has of a timeline.
 *
 * @param lastSegment the last complete one
 * @param end behind all that is there, streamed parts included
 * @param streamed whether that is in a segment that is not complete
 * @param lastStored when the last of it came
 * @param gaps how many runs of segments are missing before it; {@code info --wal} names them
 */
public record StoredTimeline(
        int timeline,
        Optional<SegmentName> lastSegment,
        Lsn end,
        boolean streamed,
        Optional<Instant> lastStored,
        int gaps) {
    static List<StoredTimeline> all(WalArchive wal, Optional<Integer> segmentBytes) {
        WalCensus census = wal.census(Optional.empty());
        int bytes = segmentBytes.orElseGet(() -> census.segmentBytes(wal));
        List<StoredTimeline> timelines = new ArrayList<>();
        List<WalFolder> own = new ArrayList<>();
        for (WalFolder folder : census.folders()) {
            if (!own.isEmpty() && own.getFirst().timeline() != folder.timeline()) {
                one(wal, own, bytes).ifPresent(timelines::add);
                own.clear();
            }
            own.add(folder);
        }
        one(wal, own, bytes).ifPresent(timelines::add);
        return timelines;
    }

    private static Optional<StoredTimeline> one(WalArchive wal, List<WalFolder> folders, int bytes) {
        Optional<SegmentName> last = Optional.empty();
        Optional<Map.Entry<SegmentName, Integer>> streamed = Optional.empty();
        for (WalFolder folder : folders) {
            if (folder.lastThere() >= 0) {
                last = Optional.of(folder.segment(folder.lastThere()));
            }
            for (Map.Entry<SegmentName, Integer> each : folder.streamed().entrySet()) {
                streamed = Optional.of(each);
            }
        }
        if (last.isEmpty() && streamed.isEmpty()) {
            return Optional.empty();
        }
        SegmentName complete = last.orElse(new SegmentName(folders.getFirst().timeline(), 0, 0));
        Optional<Lsn> behind = streamed.filter(each -> each.getKey().compareTo(complete) > 0)
                .map(each -> each.getKey().start(bytes).plus(each.getValue()));
        Lsn end = behind.orElseGet(() -> complete.start(bytes).plus(bytes));
        Optional<Instant> stored = behind.isPresent()
                ? wal.pieces().of(streamed.get().getKey()).lastStored()
                : wal.find(complete.toString()).flatMap(wal::info).map(ObjectInfo::modified);
        return Optional.of(
                new StoredTimeline(complete.timeline(), last, end, behind.isPresent(), stored, gaps(folders, bytes)));
    }

    private static int gaps(List<WalFolder> folders, int segmentBytes) {
        int gaps = 0;
        Optional<SegmentName> expected = Optional.empty();
        for (WalFolder folder : folders) {
            for (int first = folder.nextThere(0); first >= 0; first = folder.nextThere(folder.nextMissing(first))) {
                SegmentName begin = folder.segment(first);
                gaps += expected.isPresent() && !expected.get().equals(begin) ? 1 : 0;
                expected = Optional.of(
                        folder.segment(folder.nextMissing(first) - 1).next(segmentBytes));
            }
        }
        return gaps;
    }
}
