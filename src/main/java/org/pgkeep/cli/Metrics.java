package org.pgkeep.cli;

import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.postgres.server.ArchiveQueue;
import org.pgkeep.report.BackupEntry;
import org.pgkeep.report.ClusterReport;
import org.pgkeep.report.Info;
import org.pgkeep.report.Recovery;
import org.pgkeep.report.WalRange;
import org.pgkeep.repository.BackupStatus;
import org.pgkeep.repository.BackupType;

/** What {@code pgkeep metrics} tells, gathered. */
final class Metrics {
    private final MetricsText text = new MetricsText();

    Metrics() {
        text.gauge("up", "Whether the repository could be read.");
        text.gauge("problems", "What a person should look at, as info says it; 0 if all is well.");
        text.gauge("stopped", "Whether 'pgkeep stop' keeps work from the cluster.");
        text.gauge("work_running", "Work that changes the backups of the cluster and goes on now.");
        text.gauge("backups", "Backups that exist.");
        text.gauge("backups_damaged", "Backups that miss something, or that verify found damaged.");
        text.gauge("stored_bytes", "Bytes of manifests and packs that the backups keep.");
        text.gauge("backup_last_timestamp_seconds", "When the newest backup of this type ended.");
        text.gauge("backup_last_duration_seconds", "How long the newest backup of this type took.");
        text.gauge("backup_last_cluster_bytes", "How large the cluster was in the newest backup of this type.");
        text.gauge("backup_last_stored_bytes", "What the newest backup of this type added to the repository.");
        text.gauge("restorable_from_timestamp_seconds", "The first moment of the newest span that can be restored.");
        text.gauge("restorable_to_timestamp_seconds", "The last moment of it.");
        text.gauge("wal_segments", "Archived segments of the timeline.");
        text.gauge("wal_stored_bytes", "What they take in the repository.");
        text.gauge("wal_last_timestamp_seconds", "When the newest segment of the timeline was stored.");
        text.gauge("wal_last_hour_segments", "Segments of the timeline that were stored within the last hour.");
        text.gauge("wal_gaps", "Gaps between the first and the last archived segment of the timeline.");
        text.gauge("wal_given_up_segments", "Segments that were given up, by archive-queue-max.");
        text.gauge("wal_conflicts", "Segments that are stored with two contents.");
        text.gauge("wal_waiting_files", "Files of pg_wal that wait to be archived.");
        text.gauge("wal_waiting_since_timestamp_seconds", "Since when the first of them waits.");
    }

    /** A repository that cannot be told about. */
    void down(String repository) {
        text.add("up", 0, "repository", repository);
    }

    /** A repository. */
    void add(String repository, Info.RepositoryReport report, Info.RepositoryWal wal) {
        text.add("up", 1, "repository", repository);
        report.clusters().forEach(cluster -> add(repository, cluster));
        for (Info.ArchiveReport archive : wal.clusters()) {
            for (WalRange.WithBackups timeline : archive.timelines()) {
                add(repository, archive.cluster().value(), timeline.wal());
            }
        }
    }

    private void add(String repository, ClusterReport cluster) {
        String[] labels = {"repository", repository, "cluster", cluster.name().value()};
        text.add("problems", cluster.problems().size(), labels);
        text.add("stopped", cluster.fence().isPresent() ? 1 : 0, labels);
        text.add(
                "work_running",
                cluster.work().stream().filter(ClusterReport.Work::running).count(),
                labels);
        text.add(
                "backups_damaged",
                cluster.backups().stream()
                                .filter(backup -> backup.status() == BackupStatus.DAMAGED)
                                .count()
                        + cluster.unreadable().size(),
                labels);
        text.add("stored_bytes", cluster.totals().storedBytes(), labels);
        addBackups(repository, cluster);
        Optional<Recovery.Span> newest = cluster.newest();
        newest.flatMap(Recovery.Span::from)
                .ifPresent(from -> text.add("restorable_from_timestamp_seconds", from, labels));
        newest.flatMap(Recovery.Span::to).ifPresent(to -> text.add("restorable_to_timestamp_seconds", to, labels));
    }

    private void addBackups(String repository, ClusterReport cluster) {
        Map<BackupType, BackupEntry> newest = new EnumMap<>(BackupType.class);
        Map<BackupType, Long> counts = new EnumMap<>(BackupType.class);
        for (BackupType type : BackupType.values()) {
            counts.put(type, 0L);
        }
        for (BackupEntry backup : cluster.backups()) {
            newest.put(backup.record().type(), backup);
            counts.merge(backup.record().type(), 1L, Long::sum);
        }
        counts.forEach((type, count) -> text.add("backups", count, labels(repository, cluster, type)));
        newest.forEach((type, backup) -> {
            String[] labels = labels(repository, cluster, type);
            Instant stopped = backup.record().stopped();
            text.add("backup_last_timestamp_seconds", stopped, labels);
            text.add(
                    "backup_last_duration_seconds",
                    stopped.getEpochSecond() - backup.record().started().getEpochSecond(),
                    labels);
            text.add("backup_last_cluster_bytes", backup.record().sizes().clusterBytes(), labels);
            text.add("backup_last_stored_bytes", backup.record().sizes().storedBytes(), labels);
        });
    }

    private static String[] labels(String repository, ClusterReport cluster, BackupType type) {
        return new String[] {"repository", repository, "cluster", cluster.name().value(), "type", type.word()};
    }

    private void add(String repository, String cluster, WalRange wal) {
        String timeline = Integer.toUnsignedString(wal.timeline());
        String[] labels = {
            "repository",
            repository,
            "cluster",
            cluster,
            "history",
            Integer.toString(wal.historyId()),
            "timeline",
            timeline
        };
        text.add("wal_segments", wal.held().map(WalRange.Held::segments).orElse(0L), labels);
        wal.storedBytes().ifPresent(bytes -> text.add("wal_stored_bytes", bytes, labels));
        wal.arrivals().ifPresent(arrivals -> {
            text.add("wal_last_timestamp_seconds", arrivals.last(), labels);
            text.add("wal_last_hour_segments", arrivals.lastHour(), labels);
        });
        text.add("wal_gaps", wal.held().map(WalRange.Held::gapCount).orElse(0L), labels);
        text.add("wal_given_up_segments", wal.dropped().size(), labels);
        text.add("wal_conflicts", wal.conflicts().size(), labels);
    }

    /** What waits in a data directory of this machine. */
    void add(String cluster, ArchiveQueue queue) {
        text.add("wal_waiting_files", queue.files(), "cluster", cluster);
        queue.since().ifPresent(since -> text.add("wal_waiting_since_timestamp_seconds", since, "cluster", cluster));
    }

    /** All of it. */
    List<String> lines() {
        return text.toString().lines().toList();
    }
}
