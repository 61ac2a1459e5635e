package org.pgkeep.verify;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.SegmentSpan;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.WalArchive;
import org.pgkeep.repository.WalFolder;

/**
 * What is missing of a timeline between the first and the last segment that there is. What retention removes is none of it: between a backup of which
 * only the end can be reached and the next one.
 */
final class WalGaps {
    /** An archive with more holes is not described by a list of them. */
    private static final int TOLD_MAX = 20;

    private final WalArchive wal;
    private final Findings findings;
    private final Set<SegmentName> ends = new HashSet<>();
    private final Set<SegmentName> begins = new HashSet<>();
    private int count;

    WalGaps(WalArchive wal, List<BackupRecord> backups, Findings findings) {
        this.wal = wal;
        this.findings = findings;
        for (BackupRecord backup : backups) {
            if (backup.needsArchive()) {
                SegmentSpan span = backup.span().orElseThrow();
                begins.add(span.first());
                ends.add(span.last());
            }
        }
    }

    void look(int segmentBytes) {
        Optional<SegmentName> before = Optional.empty();
        for (WalFolder folder : wal.census(Optional.empty()).folders()) {
            for (int i = folder.nextThere(0); i >= 0; i = folder.nextThere(i + 1)) {
                SegmentName segment = folder.segment(i);
                before.filter(known -> known.timeline() == segment.timeline())
                        .map(known -> known.next(segmentBytes))
                        .filter(expected -> !expected.equals(segment))
                        .ifPresent(expected -> gap(expected, segment, segmentBytes));
                before = Optional.of(segment);
            }
        }
        if (count > TOLD_MAX) {
            findings.warning(
                    wal.location(),
                    List.of(),
                    "and " + (count - TOLD_MAX) + " more gaps in the WAL like this",
                    "See 'pgkeep info --wal'.");
        }
    }

    private void gap(SegmentName first, SegmentName behind, int segmentBytes) {
        boolean byRetention = ends.contains(first.previous(segmentBytes)) && begins.contains(behind);
        if (byRetention || ++count > TOLD_MAX) {
            return;
        }
        SegmentName last = behind.previous(segmentBytes);
        findings.warning(
                wal.location(),
                List.of(),
                (first.equals(last) ? "WAL segment " + first + " is" : "WAL segments " + first + " to " + last + " are")
                        + " missing in " + wal.location()
                        + ", and there is WAL behind: backups from before lead no further",
                "If PostgreSQL or another repository still has it, archive it again; else take a new backup, if none was taken since.");
    }
}
