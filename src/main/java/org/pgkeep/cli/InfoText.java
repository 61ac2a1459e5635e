package org.pgkeep.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.pgkeep.report.Info;
import org.pgkeep.report.RecoveryWindow;
import org.pgkeep.report.WalRange;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterRecord;
import org.pgkeep.units.ByteCount;
import org.pgkeep.units.Durations;

/** What a repository holds, for people. */
final class InfoText {
    private static final int GAPS_MAX = 5;

    private InfoText() {}

    static void print(PrintStream out, Info.RepositoryReport report) {
        out.println("repository " + report.location());
        if (report.clusters().isEmpty()) {
            out.println();
            out.println("no clusters; 'pgkeep init' registers one");
        }
        for (Info.ClusterReport cluster : report.clusters()) {
            out.println();
            print(out, cluster);
        }
    }

    private static void print(PrintStream out, Info.ClusterReport cluster) {
        Sheet sheet = new Sheet("cluster '" + cluster.name() + "'");
        List<ClusterRecord.History> history = cluster.history();
        for (int i = history.size() - 1; i >= 0; i--) {
            ClusterRecord.History one = history.get(i);
            String current = i == history.size() - 1 ? "" : ", before";
            sheet.fact(
                    i == history.size() - 1 ? "PostgreSQL" : "",
                    one.majorVersion() + ", system identifier " + Long.toUnsignedString(one.systemIdentifier())
                            + ", since " + BackupText.time(one.since()) + current);
        }
        sheet.facts("WAL", wal(cluster));
        sheet.facts("attempts", attempts(cluster));
        sheet.facts("unreadable", unreadable(cluster));
        if (cluster.backups().isEmpty()) {
            sheet.fact("backups", "none");
        }
        sheet.print(out);
        if (cluster.backups().size() == 1) {
            BackupRecord only = cluster.backups().getFirst();
            out.println();
            Sheet one = new Sheet("backup " + only.label());
            BackupText.addTo(one, only);
            one.fact("restorable", window(cluster, only)).print(out);
        } else if (!cluster.backups().isEmpty()) {
            out.println();
            table(cluster).print(out);
        }
    }

    private static Table table(Info.ClusterReport cluster) {
        Table table = new Table("LABEL", "ENDED", "TOOK", ">SIZE", ">STORED", "WAL", "RESTORABLE", ">WARNINGS");
        for (BackupRecord backup : cluster.backups()) {
            table.row(
                    backup.label().toString(),
                    BackupText.time(backup.stopped()),
                    Durations.print(Duration.between(backup.started(), backup.stopped())),
                    ByteCount.print(backup.sizes().clusterBytes()),
                    ByteCount.print(backup.sizes().storedBytes()),
                    backup.firstSegment().map(Object::toString).orElse("-"),
                    window(cluster, backup),
                    Integer.toString(backup.warnings().size()));
        }
        return table;
    }

    private static String window(Info.ClusterReport cluster, BackupRecord backup) {
        for (RecoveryWindow window : cluster.recovery()) {
            if (window.backup().equals(backup.label())) {
                return window(window);
            }
        }
        return "unknown";
    }

    private static String window(RecoveryWindow window) {
        if (!window.complete()) {
            return "no: WAL that it needs is missing";
        }
        // The last segment may have been archived before the backup said that it ended.
        return window.to()
                .filter(to -> to.isAfter(window.from()))
                .map(to -> "from its end to about " + BackupText.time(to))
                .orElse("at its end");
    }

    private static List<String> wal(Info.ClusterReport cluster) {
        List<String> lines = new ArrayList<>();
        for (WalRange range : cluster.wal()) {
            lines.add("timeline " + Integer.toUnsignedString(range.timeline()) + ": " + range.first() + " to "
                    + range.last() + ", " + BackupText.count(range.segments(), "segment")
                    + range.partial()
                            .map(partial -> ", then partial " + partial)
                            .orElse(""));
            range.gaps().stream()
                    .limit(GAPS_MAX)
                    .forEach(gap -> lines.add("  missing " + gap.first() + " to " + gap.last()));
            if (range.gaps().size() > GAPS_MAX) {
                lines.add("  and " + (range.gaps().size() - GAPS_MAX) + " more gaps");
            }
        }
        return lines.isEmpty() ? List.of("none") : lines;
    }

    private static List<String> attempts(Info.ClusterReport cluster) {
        List<String> lines = new ArrayList<>();
        for (Info.AttemptReport attempt : cluster.attempts()) {
            String state = attempt.running() ? "runs" : "was cut off";
            lines.add(attempt.attempt().label() + " " + state + ", by "
                    + attempt.attempt().owner() + ", last heard of " + Durations.print(attempt.silence()) + " ago");
        }
        return lines;
    }

    private static List<String> unreadable(Info.ClusterReport cluster) {
        List<String> lines = new ArrayList<>();
        for (Info.UnreadableBackup backup : cluster.unreadable()) {
            lines.add(backup.label() + ": " + backup.why());
        }
        return lines;
    }
}
