package org.pgkeep.report;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ArchiveFileName;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.repository.WalArchive;

/** Makes ranges of a list of segments, which comes in order: one pass, whatever its length. */
final class WalRanges {
    /** An archive with more holes is not described by a list of them. */
    static final int GAPS_MAX = 1000;

    private static final int SEGMENT_BYTES_USUAL = 16 << 20;

    private final int historyId;
    private final List<WalRange> ranges = new ArrayList<>();
    private int segmentBytes;
    private @Nullable SegmentName first;
    private @Nullable SegmentName last;
    private long segments;
    private List<WalRange.Gap> gaps = new ArrayList<>();
    private Optional<SegmentName> partial = Optional.empty();

    private WalRanges(int historyId) {
        this.historyId = historyId;
    }

    /** The ranges of an archive, by timeline. */
    static List<WalRange> read(WalArchive wal, int historyId) {
        WalRanges ranges = new WalRanges(historyId);
        try (Stream<WalArchive.Stored> files = wal.list()) {
            for (Iterator<WalArchive.Stored> each = files.iterator(); each.hasNext(); ) {
                ranges.add(wal, each.next());
            }
        }
        ranges.endTimeline();
        return ranges.ranges;
    }

    private void add(WalArchive wal, WalArchive.Stored stored) {
        Optional<ArchiveFileName> name = ArchiveFileName.parse(stored.file());
        if (name.isEmpty()) {
            return;
        }
        switch (name.get()) {
            case ArchiveFileName.Segment segment -> {
                if (segmentBytes == 0) {
                    segmentBytes = segmentBytes(wal, stored);
                }
                add(segment.name());
            }
            case ArchiveFileName.Partial found -> partial = Optional.of(found.name());
            case ArchiveFileName.History _, ArchiveFileName.BackupHistory _ -> {}
        }
    }

    private static int segmentBytes(WalArchive wal, WalArchive.Stored stored) {
        try {
            return wal.header(stored).segmentBytes();
        } catch (PgkeepException e) {
            // Verify tells about the damage; here the usual size is good enough to go on.
            return SEGMENT_BYTES_USUAL;
        }
    }

    private void add(SegmentName segment) {
        SegmentName previous = last;
        if (previous != null && previous.timeline() != segment.timeline()) {
            endTimeline();
            previous = null;
        }
        if (previous == null) {
            first = segment;
        } else if (previous.equals(segment)) {
            // Stored twice, by a race of two hosts: verify tells about it.
            return;
        } else {
            SegmentName expected = previous.next(segmentBytes);
            if (!expected.equals(segment) && gaps.size() < GAPS_MAX) {
                gaps.add(new WalRange.Gap(expected, segment.previous(segmentBytes)));
            }
        }
        last = segment;
        segments++;
    }

    private void endTimeline() {
        if (first != null && last != null) {
            Optional<SegmentName> left = partial;
            int timeline = first.timeline();
            ranges.add(new WalRange(
                    historyId,
                    timeline,
                    segmentBytes,
                    first,
                    last,
                    segments,
                    gaps,
                    left.filter(segment -> segment.timeline() == timeline)));
        }
        first = null;
        last = null;
        segments = 0;
        gaps = new ArrayList<>();
    }
}
