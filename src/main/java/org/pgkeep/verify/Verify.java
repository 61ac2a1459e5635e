package org.pgkeep.verify;

import java.util.List;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Repository;

/** {@code pgkeep verify}: proves a repository, a cluster or a backup, and says what is wrong, what it affects and what to do. */
public final class Verify {
    private final Repository repository;
    private final Progress progress;

    /** Verifies this repository, which stays the caller's to close. */
    public Verify(Repository repository, Progress progress) {
        this.repository = repository;
        this.progress = progress;
    }

    /**
     * What to verify.
     *
     * @param cluster only this one
     * @param label only this backup of it, with all that it needs
     * @param deep also expand all data, and compare every block and file with its hash
     * @param wal also the WAL
     * @param jobs workers, from 1
     */
    public record Request(Optional<ClusterName> cluster, Optional<Label> label, boolean deep, boolean wal, int jobs) {}

    /** What was looked at. */
    public record Counts(long backups, long packs, long frames, long files, long walFiles, long storedBytes) {}

    /**
     * What was found.
     *
     * @param errors how many things are broken; more than are listed if there are very many
     */
    public record Result(List<Finding> findings, long errors, Counts counts) {
        public Result {
            findings = List.copyOf(findings);
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
        Findings findings = new Findings(progress);
        Tally tally = new Tally();
        List<ClusterName> clusters = request.cluster().map(List::of).orElseGet(repository::clusters);
        for (ClusterName name : clusters) {
            try {
                new ClusterCheck(repository.cluster(name), request, progress, findings, tally).run();
            } catch (PgkeepException e) {
                // Of all clusters, one whose record is lost or damaged must not hide the others.
                if (request.cluster().isPresent()
                        || (e.code() != ErrorCode.DAMAGED && e.code() != ErrorCode.CLUSTER_UNKNOWN)) {
                    throw e;
                }
                findings.error("cluster " + name, List.of(), e);
            }
        }
        return new Result(findings.list(), findings.errors(), tally.counts());
    }
}
