package org.pgkeep.compact;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Compaction;
import org.pgkeep.repository.Lease;
import org.pgkeep.repository.Leases;
import org.pgkeep.repository.Owner;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.Work;
import org.pgkeep.storage.layer.Throttle;
import org.pgkeep.units.ByteCount;

/** {@code pgkeep compact}: writes packs anew of which little is still named. */
public final class Compact {
    private final Repository repository;
    private final Progress progress;

    /** Works in this repository, which stays the caller's to close. */
    public Compact(Repository repository, Progress progress) {
        this.repository = repository;
        this.progress = progress;
    }

    /**
     * What to do.
     *
     * @param threshold a pack is written anew if less than so many hundredths of its stored bytes are named: 1 to 100
     * @param limit how fast to copy
     * @param dryRun only says what would be done, and takes no lease
     * @param longest for how long to wait for other work on the cluster
     */
    public record Request(
            ClusterName cluster, int threshold, Optional<Throttle> limit, boolean dryRun, Duration longest) {}

    /**
     * What was or would be done.
     *
     * @param looked packs that were looked at
     * @param rewritten those that were written anew, as they were before
     * @param damaged why some were left as they are
     */
    public record Result(int looked, List<Compaction.Pack> rewritten, List<String> damaged) {
        public Result {
            rewritten = List.copyOf(rewritten);
            damaged = List.copyOf(damaged);
        }

        /** What was freed, but for what the indexes shrank by. */
        public long freedBytes() {
            return rewritten.stream().mapToLong(Compaction.Pack::deadBytes).sum();
        }

        /** What the repository needs meanwhile: one pack at a time is there twice. */
        public long neededBytes() {
            return rewritten.stream()
                    .mapToLong(Compaction.Pack::liveBytes)
                    .max()
                    .orElse(0);
        }
    }

    /**
     * Does it. Cut off anywhere and run again, it comes to the same end.
     *
     * @throws PgkeepException {@code DAMAGED}, {@code TOO_NEW} when the record or manifest of a backup cannot be read: it may need
     *     any pack
     */
    public Result run(Request request) {
        ClusterStore cluster = repository.cluster(request.cluster());
        Compaction compaction = cluster.compaction();
        if (request.dryRun()) {
            return plan(request, compaction.survey());
        }
        Leases.Patience patience = new Leases.Patience(request.longest(), progress::info);
        try (Lease lease = cluster.leases().take(Work.COMPACT, Owner.ofThisProcess(), patience)) {
            Compaction.Survey survey = compaction.survey();
            Result plan = plan(request, survey);
            if (!plan.rewritten().isEmpty()) {
                progress.info("compacting " + plan.rewritten().size() + " of " + plan.looked() + " packs of cluster '"
                        + cluster.name() + "': needs " + ByteCount.print(plan.neededBytes()) + " at a time, frees "
                        + ByteCount.print(plan.freedBytes()));
            }
            return rewrite(request, compaction, survey, plan, lease);
        }
    }

    private static Result plan(Request request, Compaction.Survey survey) {
        return new Result(
                survey.packs().size(),
                survey.packs().stream()
                        .filter(pack -> pack.isSparse(request.threshold()))
                        .toList(),
                survey.damaged().stream()
                        .map(e -> String.valueOf(e.getMessage()))
                        .toList());
    }

    private Result rewrite(Request request, Compaction compaction, Compaction.Survey survey, Result plan, Lease lease) {
        List<Compaction.Pack> rewritten = new ArrayList<>();
        List<String> damaged = new ArrayList<>(plan.damaged());
        long bytes =
                plan.rewritten().stream().mapToLong(Compaction.Pack::liveBytes).sum();
        try (Progress.Step step = progress.step("compact", bytes)) {
            for (Compaction.Pack pack : plan.rewritten()) {
                try {
                    compaction.rewrite(survey, pack, lease, copied -> {
                        request.limit().ifPresent(throttle -> throttle.pass(copied));
                        step.advance(copied);
                    });
                    rewritten.add(pack);
                } catch (PgkeepException e) {
                    if (e.code() != ErrorCode.DAMAGED) {
                        throw e;
                    }
                    damaged.add(String.valueOf(e.getMessage()));
                }
            }
        }
        return new Result(plan.looked(), rewritten, damaged);
    }
}
