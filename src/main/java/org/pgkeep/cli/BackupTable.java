package org.pgkeep.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pgkeep.report.BackupEntry;
import org.pgkeep.report.ClusterReport;
import org.pgkeep.report.Recovery;
import org.pgkeep.repository.BackupMark;
import org.pgkeep.repository.BackupStatus;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.Label;
import org.pgkeep.units.ByteCount;
import org.pgkeep.units.Durations;

/** The backups of a cluster, a line each. */
final class BackupTable {
    /** As many as fit on a screen: who looks for one of thousands asks for it by name, or for all. */
    private static final int NEWEST = 30;

    private static final int NOTE_MAX = 40;

    private final int timeline;
    private final Instant now;
    private final Table table = new Table(
            "LABEL", "STATUS", ">AGE", ">TOOK", ">SIZE", ">STORED", ">SHARED", ">UNIQUE", "RESTORES TO", "NOTES");

    private BackupTable(int timeline, Instant now) {
        this.timeline = timeline;
        this.now = now;
    }

    /** Which backups, in which order. */
    enum Look {
        /** The newest, newest first. */
        NEWEST,
        /** All, newest first. */
        ALL,
        /** All, those that were built on one another together. */
        TREE
    }

    static void print(PrintStream out, ClusterReport cluster, Instant now, Look look) {
        // None, where the cluster record does not know the database cluster that the backups are of.
        int timeline = cluster.recovery().getFirst().lines().stream()
                .findFirst()
                .map(Recovery.Line::timeline)
                .orElse(0);
        BackupTable table = new BackupTable(timeline, now);
        List<BackupEntry> newestFirst = cluster.backups().reversed();
        switch (look) {
            case NEWEST -> newestFirst.stream().limit(NEWEST).forEach(entry -> table.row(entry, 0));
            case ALL -> newestFirst.forEach(entry -> table.row(entry, 0));
            case TREE -> table.tree(cluster.backups());
        }
        table.table.print(out);
        if (look == Look.NEWEST && newestFirst.size() > NEWEST) {
            out.println("and " + BackupText.number(newestFirst.size() - NEWEST) + " older ones; --all lists them");
        }
    }

    /** The newest chain first, each from its full backup on. */
    private void tree(List<BackupEntry> oldestFirst) {
        Map<Label, List<BackupEntry>> chains = new HashMap<>();
        List<Label> order = new ArrayList<>();
        for (BackupEntry entry : oldestFirst) {
            chains.computeIfAbsent(entry.chain(), _ -> new ArrayList<>()).add(entry);
        }
        for (BackupEntry entry : oldestFirst.reversed()) {
            if (!order.contains(entry.chain())) {
                order.add(entry.chain());
            }
        }
        Map<Label, Integer> levels = new HashMap<>();
        for (Label chain : order) {
            for (BackupEntry entry : chains.getOrDefault(chain, List.of())) {
                int level = entry.livingBase().map(base -> level(base, levels)).orElse(0);
                levels.put(entry.label(), level);
                row(entry, level);
            }
        }
    }

    /** A line of incremental backups stays in one column, however long it is. */
    private static int level(Label base, Map<Label, Integer> levels) {
        int below = levels.getOrDefault(base, 0);
        return base.type() == BackupType.INCREMENTAL && below > 0 ? below : below + 1;
    }

    private void row(BackupEntry entry, int level) {
        Instant stopped = entry.record().stopped();
        table.row(
                "  ".repeat(level) + entry.label(),
                status(entry.status()),
                age(stopped),
                Durations.print(Duration.between(entry.record().started(), stopped)),
                ByteCount.print(entry.record().sizes().clusterBytes()),
                ByteCount.print(entry.record().sizes().storedBytes()),
                ByteCount.print(entry.shares().sharedBytes()),
                ByteCount.print(entry.shares().uniqueBytes()),
                RecoveryText.goal(entry.goal(), stopped, timeline),
                notes(entry));
    }

    private static String status(BackupStatus status) {
        return status == BackupStatus.DAMAGED ? "DAMAGED" : status.word();
    }

    private String age(Instant stopped) {
        Duration age = Duration.between(stopped, now);
        return Durations.print(age.isNegative() ? Duration.ZERO : age);
    }

    private String notes(BackupEntry entry) {
        List<String> parts = new ArrayList<>();
        BackupMark mark = entry.mark();
        mark.name().ifPresent(name -> parts.add("'" + name + "'"));
        mark.pin().ifPresent(pin -> parts.add(BackupMarkText.pin(pin, now)));
        if (entry.record().merged().isPresent()) {
            parts.add("full by merge");
        }
        if (entry.warnings() > 0) {
            parts.add(BackupText.count(entry.warnings(), "warning"));
        }
        mark.note().ifPresent(note -> parts.add(note.length() > NOTE_MAX ? note.substring(0, NOTE_MAX) + "…" : note));
        return String.join(", ", parts);
    }
}
