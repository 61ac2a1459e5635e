package org.pgkeep.cli;

import java.io.PrintStream;
import java.util.List;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.report.Info;
import org.pgkeep.report.WalRange;
import org.pgkeep.repository.Label;
import org.pgkeep.units.ByteCount;

/** Archived WAL by timeline, for people; the newest first. */
final class WalText {
    private static final int LINES_MAX = 20;

    private final PrintStream out;

    private WalText(PrintStream out) {
        this.out = out;
    }

    static void print(PrintStream out, Info.RepositoryWal repository) {
        out.println("repository " + repository.location());
        WalText text = new WalText(out);
        for (Info.ArchiveReport report : repository.clusters()) {
            out.println();
            text.print(report);
        }
    }

    private void print(Info.ArchiveReport report) {
        out.println("cluster '" + report.cluster() + "'");
        if (report.timelines().isEmpty()) {
            out.println("  no WAL is archived");
        }
        boolean several = report.timelines().stream()
                        .mapToInt(timeline -> timeline.wal().historyId())
                        .distinct()
                        .count()
                > 1;
        for (WalRange.WithBackups timeline : report.timelines().reversed()) {
            out.println();
            print(timeline, several);
        }
    }

    private void print(WalRange.WithBackups timeline, boolean several) {
        WalRange wal = timeline.wal();
        Sheet sheet = new Sheet("timeline " + Integer.toUnsignedString(wal.timeline())
                + (several ? " of database cluster " + wal.historyId() : ""));
        sheet.fact("status", wal.isSound() ? "ok" : "DEGRADED");
        wal.origin()
                .ifPresent(origin -> sheet.fact(
                        "parent",
                        "timeline " + Integer.toUnsignedString(origin.parent()) + ", left at " + origin.switchPoint()));
        sheet.fact("segments", wal.held().map(held -> held(held, wal)).orElse("none"));
        wal.arrivals().ifPresent(came -> sheet.fact("archived", archived(came, wal)));
        wal.partial().ifPresent(partial -> sheet.fact("partial", partial.toString()));
        wal.streamed()
                .ifPresent(streamed ->
                        sheet.fact("streamed", streamed.segment() + ", not complete yet, up to " + streamed.end()));
        wal.held().ifPresent(held -> gaps(sheet, held));
        if (!wal.dropped().isEmpty()) {
            sheet.fact("GIVEN UP", segments(wal.dropped()) + ": more than archive-queue-max waited");
        }
        if (!wal.damaged().isEmpty()) {
            sheet.fact("DAMAGED", segments(wal.damaged()) + ": verify found that, and nothing is recovered through it");
        }
        conflicts(sheet, wal.conflicts());
        sheet.fact("backups", backups(timeline.backups()));
        timeline.nearestBase().ifPresent(base -> sheet.fact("nearest base", base.toString()));
        sheet.print(out);
    }

    private static String held(WalRange.Held held, WalRange wal) {
        return held.first() + " to " + held.last() + ", " + BackupText.count(held.segments(), "segment") + " of "
                + ByteCount.print(wal.segmentBytes())
                + (wal.storedBytes().isPresent()
                        ? ", " + ByteCount.print(wal.storedBytes().getAsLong()) + " stored"
                        : "");
    }

    private static String archived(WalRange.Arrivals came, WalRange wal) {
        long hourly = came.lastHour() * wal.segmentBytes();
        return "last " + BackupText.time(came.last()) + ", "
                + (came.lastHour() == 0
                        ? "none within the last hour"
                        : BackupText.count(came.lastHour(), "segment") + " within the last hour, "
                                + ByteCount.print(hourly / 3600) + "/s of WAL");
    }

    private static void gaps(Sheet sheet, WalRange.Held held) {
        sheet.facts(
                "MISSING",
                held.gaps().stream()
                        .limit(LINES_MAX)
                        .map(gap -> gap.segments() == 1
                                ? gap.first().toString()
                                : gap.first() + " to " + gap.last() + ", "
                                        + BackupText.count(gap.segments(), "segment"))
                        .toList());
        if (held.gapCount() > LINES_MAX) {
            sheet.fact(
                    "",
                    "and " + BackupText.count(held.gapCount() - LINES_MAX, "more gap") + "; --output=json lists them");
        }
    }

    private static String segments(List<SegmentName> segments) {
        return segments.size() == 1
                ? segments.getFirst().toString()
                : BackupText.count(segments.size(), "segment") + " from " + segments.getFirst() + " to "
                        + segments.getLast();
    }

    private static void conflicts(Sheet sheet, List<SegmentName> conflicts) {
        sheet.facts(
                "CONFLICT",
                conflicts.stream()
                        .limit(LINES_MAX)
                        .map(segment -> segment + " is archived with two contents")
                        .toList());
    }

    private static String backups(List<Label> labels) {
        return switch (labels.size()) {
            case 0 -> "none";
            case 1 -> labels.getFirst().toString();
            default -> BackupText.count(labels.size(), "backup") + ", " + labels.getFirst() + " to " + labels.getLast();
        };
    }
}
