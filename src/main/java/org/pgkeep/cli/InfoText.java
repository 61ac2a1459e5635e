package org.pgkeep.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.pgkeep.report.BackupEntry;
import org.pgkeep.report.ClusterReport;
import org.pgkeep.report.Info;
import org.pgkeep.report.Problem;
import org.pgkeep.report.Recovery;
import org.pgkeep.report.WalRange;
import org.pgkeep.repository.Attempt;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.ClusterRecord;
import org.pgkeep.units.ByteCount;
import org.pgkeep.units.Durations;

/** What a repository holds, for people: what can be restored first, then what is wrong, then everything else. */
final class InfoText {
    private final PrintStream out;
    private final Instant now;
    private final BackupTable.Look look;

    private InfoText(PrintStream out, Instant now, BackupTable.Look look) {
        this.out = out;
        this.now = now;
        this.look = look;
    }

    static void print(PrintStream out, Info.RepositoryReport report, BackupTable.Look look) {
        out.println("repository " + report.location()
                + report.keyId().map(key -> ", sealed with key " + key).orElse(""));
        report.unreadable()
                .forEach(cluster -> out.println("  PROBLEM  cluster '" + cluster.name() + "': " + cluster.why()));
        if (report.clusters().isEmpty() && report.unreadable().isEmpty()) {
            out.println();
            out.println("no clusters; 'pgkeep init' registers one");
        }
        InfoText text = new InfoText(out, report.at(), look);
        for (ClusterReport cluster : report.clusters()) {
            out.println();
            text.print(cluster);
        }
    }

    private void print(ClusterReport cluster) {
        Sheet sheet = new Sheet("cluster '" + cluster.name() + "'");
        boolean any = !cluster.backups().isEmpty() || !cluster.unreadable().isEmpty();
        if (any) {
            sheet.fact("newest", RecoveryText.newest(cluster.recovery().getFirst(), now));
        }
        for (Problem problem : cluster.problems()) {
            sheet.fact("PROBLEM", problem.message());
        }
        sheet.facts("restorable", restorable(cluster));
        sheet.facts("work", cluster.work().stream().map(this::work).toList());
        sheet.facts("PostgreSQL", history(cluster));
        sheet.fact("backups", any ? backups(cluster) : "none; 'pgkeep backup' takes one");
        sheet.facts("WAL", wal(cluster));
        sheet.print(out);
        if (!cluster.backups().isEmpty()) {
            out.println();
            BackupTable.print(out, cluster, now, look);
        }
    }

    private static List<String> restorable(ClusterReport cluster) {
        List<String> lines = new ArrayList<>();
        for (Recovery recovery : cluster.recovery()) {
            boolean older = !recovery.equals(cluster.recovery().getFirst());
            boolean first = true;
            for (Recovery.Line line : recovery.lines()) {
                for (String text : RecoveryText.moments(line)) {
                    lines.add((older && first ? "before, as database cluster " + recovery.historyId() + ": " : "")
                            + text);
                    first = false;
                }
            }
        }
        return lines;
    }

    private String work(ClusterReport.Work work) {
        String who = work.label().map(label -> work.what() + " " + label).orElse(work.what());
        String since = work.running()
                ? " runs since "
                        + Durations.print(Duration.between(work.since(), now).abs())
                : " was cut off, begun "
                        + RecoveryText.ago(Duration.between(work.since(), now).abs());
        return who + since + work.copied().map(InfoText::progress).orElse("") + ", by " + work.owner()
                + work.silence()
                        .map(silence -> ", last heard of " + RecoveryText.ago(silence))
                        .orElse("")
                + work.reusableBytes()
                        .map(bytes -> "; the next backup can use " + ByteCount.print(bytes) + " of it")
                        .orElse("");
    }

    private static String progress(Attempt.Copied copied) {
        return copied.totalBytes() == 0
                ? ""
                : ": " + 100 * copied.bytes() / copied.totalBytes() + " % of " + ByteCount.print(copied.totalBytes())
                        + " copied";
    }

    private static List<String> history(ClusterReport cluster) {
        List<String> lines = new ArrayList<>();
        for (ClusterRecord.History one : cluster.history().reversed()) {
            String before = lines.isEmpty() ? "" : ", before";
            lines.add(one.majorVersion() + ", system identifier " + Long.toUnsignedString(one.systemIdentifier())
                    + ", since " + BackupText.time(one.since()) + before);
        }
        return lines;
    }

    private static String backups(ClusterReport cluster) {
        List<String> parts = new ArrayList<>();
        for (BackupType type : BackupType.values()) {
            long count = cluster.backups().stream()
                    .filter(entry -> entry.record().type() == type)
                    .count();
            if (count > 0) {
                parts.add(BackupText.number(count) + " " + word(type));
            }
        }
        long pinned = cluster.backups().stream().filter(InfoText::isPinned).count();
        if (pinned > 0) {
            parts.add(BackupText.number(pinned) + " of them pinned");
        }
        if (!cluster.unreadable().isEmpty()) {
            parts.add(BackupText.number(cluster.unreadable().size()) + " UNREADABLE");
        }
        return String.join(", ", parts) + "; "
                + ByteCount.print(cluster.totals().storedBytes()) + " stored";
    }

    private static boolean isPinned(BackupEntry entry) {
        return entry.mark().pin().isPresent();
    }

    private static String word(BackupType type) {
        return switch (type) {
            case FULL -> "full";
            case DIFFERENTIAL -> "differential";
            case INCREMENTAL -> "incremental";
        };
    }

    private static List<String> wal(ClusterReport cluster) {
        List<String> lines = new ArrayList<>();
        for (WalRange range : cluster.wal().reversed()) {
            range.held()
                    .ifPresent(held -> lines.add("timeline " + Integer.toUnsignedString(range.timeline()) + ": "
                            + held.first() + " to " + held.last() + ", " + BackupText.count(held.segments(), "segment")
                            + (held.gapCount() == 0
                                    ? ""
                                    : ", " + BackupText.count(held.gapCount(), "gap")
                                            + " (pgkeep info --wal lists them)")));
        }
        cluster.wal().reversed().stream()
                .flatMap(range -> range.streamed().stream()
                        .map(streamed -> "timeline " + Integer.toUnsignedString(range.timeline()) + ": streamed up to "
                                + streamed.end()))
                .limit(1)
                .forEach(lines::add);
        return lines.isEmpty() ? List.of("none") : lines;
    }
}
