package org.pgkeep.report;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.ManifestReader;
import org.pgkeep.repository.Repository;

/** {@code pgkeep info}: what a repository holds, and to which moments its clusters can be brought back. */
public final class Info {
    private final Repository repository;
    private final InstantSource clock;

    /** Reports on this repository, which stays the caller's to close. */
    public Info(Repository repository, InstantSource clock) {
        this.repository = repository;
        this.clock = clock;
    }

    /**
     * Everything.
     *
     * @param location where the repository is
     * @param id its identity
     * @param keyId which data key it is sealed with; empty when it is not sealed
     * @param at when this was so
     * @param unreadable clusters whose record cannot be read: one must not hide the others
     */
    public record RepositoryReport(
            String location,
            String id,
            Optional<String> keyId,
            Instant at,
            List<ClusterReport> clusters,
            List<UnreadableCluster> unreadable) {
        public RepositoryReport {
            clusters = List.copyOf(clusters);
            unreadable = List.copyOf(unreadable);
        }
    }

    /** A cluster that cannot be told about, and why. */
    public record UnreadableCluster(ClusterName name, ErrorCode code, String why) {}

    /**
     * Reports on all clusters, or on one.
     *
     * @throws PgkeepException {@code CLUSTER_UNKNOWN} when the one asked for is not there
     */
    public RepositoryReport report(Optional<ClusterName> cluster) {
        Instant now = clock.instant();
        List<ClusterReport> clusters = new ArrayList<>();
        List<UnreadableCluster> unreadable = new ArrayList<>();
        if (cluster.isPresent()) {
            clusters.add(report(repository.cluster(cluster.get()), now));
        } else {
            for (ClusterName name : repository.clusters()) {
                open(name, unreadable).ifPresent(found -> clusters.add(report(found, now)));
            }
        }
        return new RepositoryReport(
                repository.location(), repository.id(), repository.keyId(), now, clusters, unreadable);
    }

    /**
     * Reports on one backup.
     *
     * @param backup its label or name
     * @throws PgkeepException {@code CLUSTER_UNKNOWN}, {@code BACKUP_UNKNOWN}; {@code DAMAGED}, {@code TOO_NEW} when its record cannot be
     *     read
     */
    public BackupDetail report(ClusterName name, String backup) {
        Instant now = clock.instant();
        ClusterStore cluster = repository.cluster(name);
        Label label = cluster.label(backup);
        BackupRecord record = cluster.backup(label);
        BackupEntry entry = new ClusterSurvey(cluster, now, false)
                .entries().stream()
                        .filter(each -> each.label().equals(label))
                        .findFirst()
                        // Deleted this moment.
                        .orElseThrow(() -> cluster.unknown(label));
        Optional<BackupContents> contents = Optional.empty();
        Optional<String> unreadable = Optional.empty();
        try (ManifestReader manifest = cluster.manifest(label)) {
            contents = Optional.of(BackupContents.read(manifest));
        } catch (PgkeepException e) {
            if (e.code() != ErrorCode.DAMAGED && e.code() != ErrorCode.TOO_NEW) {
                throw e;
            }
            unreadable = Optional.of(String.valueOf(e.getMessage()));
        }
        return new BackupDetail(repository.location(), now, name, entry, record, contents, unreadable);
    }

    /** The archived WAL of a repository. */
    public record RepositoryWal(String location, List<ArchiveReport> clusters) {
        public RepositoryWal {
            clusters = List.copyOf(clusters);
        }
    }

    /** The archived WAL of one cluster. */
    public record ArchiveReport(ClusterName cluster, List<WalRange.WithBackups> timelines) {
        public ArchiveReport {
            timelines = List.copyOf(timelines);
        }
    }

    /**
     * Reports on the archived WAL, with sizes: asks for the length of each segment.
     *
     * @throws PgkeepException {@code CLUSTER_UNKNOWN} when the one asked for is not there
     */
    public RepositoryWal reportWal(Optional<ClusterName> cluster) {
        List<ArchiveReport> reports = new ArrayList<>();
        for (ClusterName name : cluster.map(List::of).orElseGet(repository::clusters)) {
            ClusterSurvey survey = new ClusterSurvey(repository.cluster(name), clock.instant(), true);
            reports.add(new ArchiveReport(name, survey.timelines()));
        }
        return new RepositoryWal(repository.location(), reports);
    }

    private Optional<ClusterStore> open(ClusterName name, List<UnreadableCluster> unreadable) {
        try {
            return Optional.of(repository.cluster(name));
        } catch (PgkeepException e) {
            switch (e.code()) {
                case CLUSTER_UNKNOWN, DAMAGED, TOO_NEW ->
                    unreadable.add(new UnreadableCluster(name, e.code(), String.valueOf(e.getMessage())));
                default -> throw e;
            }
            return Optional.empty();
        }
    }

    private static ClusterReport report(ClusterStore cluster, Instant now) {
        return new ClusterSurvey(cluster, now, false).report();
    }
}
