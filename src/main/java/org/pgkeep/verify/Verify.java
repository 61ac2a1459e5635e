package org.pgkeep.verify;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.Validation;

/** {@code pgkeep verify}: proves a repository, a cluster or a backup, and says what is wrong, what it affects and what to do. */
public final class Verify {
    private final Repository repository;
    private final InstantSource clock;
    private final Progress progress;

    /** Verifies this repository, which stays the caller's to close. */
    public Verify(Repository repository, InstantSource clock, Progress progress) {
        this.repository = repository;
        this.clock = clock;
        this.progress = progress;
    }

    /**
     * What to verify.
     *
     * @param cluster only this one
     * @param label only this backup of it, with all that it needs
     * @param deep also expand all data, and compare every block and file with its hash
     * @param wal also the WAL
     * @param way also this WAL, if it is only one backup
     * @param since does not read again what was found sound at this depth at or after this moment
     * @param mark whether to note on each backup what was found of it, and when it was looked at
     * @param jobs workers, from 1
     */
    public record Request(
            Optional<ClusterName> cluster,
            Optional<Label> label,
            boolean deep,
            boolean wal,
            Set<SegmentName> way,
            Optional<Instant> since,
            boolean mark,
            int jobs) {
        public Request {
            way = Set.copyOf(way);
        }

        /** Only this backup, and what leads on from it. */
        public Request of(ClusterName ofCluster, Label backup, Collection<SegmentName> leading) {
            return new Request(
                    Optional.of(ofCluster), Optional.of(backup), deep, wal, Set.copyOf(leading), since, mark, jobs);
        }

        /** A look at all of a repository that leaves no trace. */
        public static Request look(boolean deep, boolean wal, int jobs) {
            return new Request(Optional.empty(), Optional.empty(), deep, wal, Set.of(), Optional.empty(), false, jobs);
        }
    }

    /**
     * What was looked at.
     *
     * @param recent packs and WAL files that were not read again
     */
    public record Counts(
            long backups, long packs, long frames, long files, long walFiles, long storedBytes, long recent) {}

    /**
     * What was found of one backup.
     *
     * @param marked whether that is noted in the repository now
     * @param healed whether it was marked as damaged before, and is sound
     */
    public record Judged(ClusterName cluster, Label label, Validation found, boolean marked, boolean healed) {}

    /**
     * What was found.
     *
     * @param errors how many things are broken; more than are listed if there are very many
     * @param judged every backup of which it is known how it is
     */
    public record Result(List<Finding> findings, long errors, Counts counts, List<Judged> judged) {
        public Result {
            findings = List.copyOf(findings);
            judged = List.copyOf(judged);
        }

        /** Whether something is broken: the command's exit status is then that of {@code DAMAGED}. */
        public boolean isDamaged() {
            return errors > 0;
        }
    }

    /**
     * Verifies. Damage is found and not thrown.
     *
     * @throws PgkeepException {@code CLUSTER_UNKNOWN}, {@code BACKUP_UNKNOWN}, or what keeps the repository from being read
     */
    public Result run(Request request) {
        if (request.deep()) {
            Xxh3.prepare();
        }
        Tally tally = new Tally();
        List<Finding> all = new ArrayList<>();
        List<Judged> judged = new ArrayList<>();
        long errors = 0;
        for (ClusterName name : request.cluster().map(List::of).orElseGet(repository::clusters)) {
            // Each cluster's by itself: two clusters may have backups of one label.
            Findings findings = new Findings(progress);
            judged.addAll(verify(name, request, findings, tally));
            all.addAll(findings.list());
            errors += findings.errors();
        }
        return new Result(all, errors, tally.counts(), judged);
    }

    private List<Judged> verify(ClusterName name, Request request, Findings findings, Tally tally) {
        try {
            ClusterStore cluster = repository.cluster(name);
            // Nobody wants to read billionths.
            Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
            Looks looks = new Looks(cluster, request, now, findings);
            List<BackupRecord> seen = new ClusterCheck(cluster, request, progress, findings, tally, looks).run();
            return new Marking(cluster, request, now, findings).run(seen);
        } catch (PgkeepException e) {
            // Of all clusters, one whose record is lost or damaged must not hide the others.
            if (request.cluster().isPresent()
                    || (e.code() != ErrorCode.DAMAGED && e.code() != ErrorCode.CLUSTER_UNKNOWN)) {
                throw e;
            }
            findings.error("cluster " + name, List.of(), e);
            return List.of();
        }
    }
}
