package org.pgkeep.report;

import java.util.List;
import java.util.Optional;
import org.pgkeep.postgres.SegmentName;

/**
 * The WAL of one timeline.
 *
 * @param historyId which {@link org.pgkeep.repository.ClusterRecord.History} it is of
 * @param segmentBytes WAL segment size
 * @param segments how many there are
 * @param gaps what is missing between the first and the last, in order; at most {@value WalRanges#GAPS_MAX}
 * @param partial the segment that the timeline was left in the middle of
 */
public record WalRange(
        int historyId,
        int timeline,
        int segmentBytes,
        SegmentName first,
        SegmentName last,
        long segments,
        List<Gap> gaps,
        Optional<SegmentName> partial) {
    public WalRange {
        gaps = List.copyOf(gaps);
    }

    /** Segments that are not there: the first and the last of them. */
    public record Gap(SegmentName first, SegmentName last) {}

    /** The last segment of an unbroken run from this one; empty when it is not there itself. */
    Optional<SegmentName> unbrokenFrom(SegmentName segment) {
        boolean inside = segment.compareTo(first) >= 0 && segment.compareTo(last) <= 0;
        if (!inside) {
            return Optional.empty();
        }
        for (Gap gap : gaps) {
            if (segment.compareTo(gap.first()) >= 0 && segment.compareTo(gap.last()) <= 0) {
                return Optional.empty();
            }
            if (gap.first().compareTo(segment) > 0) {
                return Optional.of(gap.first().previous(segmentBytes));
            }
        }
        return Optional.of(last);
    }
}
