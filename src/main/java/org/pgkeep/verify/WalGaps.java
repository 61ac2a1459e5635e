package org.pgkeep.verify;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.WalArchive;
import org.pgkeep.repository.WalFolder;

/**
 * What is missing of a timeline between segments that there are, so that the newest backup before it leads no further. A backup that was taken
 * since leads on behind the gap: then it is a fact of the past, which {@code info --wal} lists, and nothing to be done about.
 */
final class WalGaps {
    /** Segments that are stored at the same time may come in any order. */
    private static final Duration UNDER_WAY = Duration.ofSeconds(3);

    private final WalArchive wal;
    private final List<BackupRecord> backups;
    private final Findings findings;

    /** A gap: the first segment that is missing, and the one behind the last. */
    private record Gap(SegmentName first, SegmentName behind) {}

    WalGaps(WalArchive wal, List<BackupRecord> backups, Findings findings) {
        this.wal = wal;
        this.backups = backups;
        this.findings = findings;
    }

    void look(int segmentBytes) {
        Set<Gap> gaps = new HashSet<>(open(segmentBytes));
        if (!gaps.isEmpty()) {
            pause();
            open(segmentBytes).stream().filter(gaps::contains).forEach(gap -> tell(gap, segmentBytes));
        }
    }

    private List<Gap> open(int segmentBytes) {
        List<Gap> gaps = new ArrayList<>();
        Optional<SegmentName> before = Optional.empty();
        for (WalFolder folder : wal.census(Optional.empty()).folders()) {
            for (int i = folder.nextThere(0); i >= 0; i = folder.nextThere(i + 1)) {
                SegmentName segment = folder.segment(i);
                before.filter(known -> known.timeline() == segment.timeline())
                        .map(known -> new Gap(known.next(segmentBytes), segment))
                        .filter(gap -> !gap.first.equals(segment) && isOpen(gap, segmentBytes))
                        .ifPresent(gaps::add);
                before = Optional.of(segment);
            }
        }
        return gaps;
    }

    /** Whether there is a backup of the timeline from before it, and none from behind it. */
    private boolean isOpen(Gap gap, int segmentBytes) {
        Lsn from = gap.first.start(segmentBytes);
        boolean anyBefore = false;
        for (BackupRecord backup : backups) {
            if (backup.stopTimeline() == gap.first.timeline()) {
                if (!backup.startLsn().isBefore(from)) {
                    return false;
                }
                anyBefore = true;
            }
        }
        return anyBefore;
    }

    private static void pause() {
        try {
            Thread.sleep(UNDER_WAY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PgkeepException(ErrorCode.TERMINATED, "interrupted while looking for WAL").causedBy(e);
        }
    }

    private void tell(Gap gap, int segmentBytes) {
        SegmentName last = gap.behind.previous(segmentBytes);
        findings.warning(
                wal.location(),
                List.of(),
                (gap.first.equals(last)
                                ? "WAL segment " + gap.first + " is"
                                : "WAL segments " + gap.first + " to " + last + " are")
                        + " missing in " + wal.location()
                        + ", and there is WAL behind, to which no backup leads",
                "If PostgreSQL or another repository still has it, archive it again; else take a new backup.");
    }
}
