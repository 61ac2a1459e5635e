package org.pgkeep.restore;

import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Cores;
import org.pgkeep.repository.PackReader;

/** Has the plan's pieces worked off by several workers: written whole, compared and mended, or only compared. */
final class Filling {
    /** Workers besides the jobs, for those that write past the page cache: a few are enough for any disk, and each has buffers. */
    private static final int WRITERS_MAX = 8;

    private final ClusterStore cluster;
    private final Spares spares;
    private final Plan plan;
    private final int jobs;
    private final Supplier<PageTrust> trusts;
    private final Progress progress;

    /**
     * Nothing is touched yet.
     *
     * @param spares give frames that are damaged in the cluster's repository
     * @param trusts says, for each worker, which pages need no comparison
     */
    Filling(ClusterStore cluster, Spares spares, Plan plan, int jobs, Supplier<PageTrust> trusts, Progress progress) {
        this.cluster = cluster;
        this.spares = spares;
        this.plan = plan;
        this.jobs = jobs;
        this.trusts = trusts;
        this.progress = progress;
    }

    /** What one worker has of its own. */
    private record Hands(TargetFiles target, FrameWork work) {}

    /** Fills empty directories, or, where something was left by {@code clearing}, mends what is there. */
    Optional<DeltaReport> fill(Owners owners, FileDigests digests, Optional<Clearing> clearing) {
        FileTable files = plan.files();
        int workers = digests.readsBack() ? jobs : jobs + Math.min(jobs, WRITERS_MAX);
        if (clearing.isEmpty()) {
            deal("restore", workers, (buffer, core) -> {
                TargetFiles target = new FileWriter(files, owners, digests, core, false);
                return new Hands(target, new WholeFrames(files, target, buffer));
            });
            return Optional.empty();
        }
        Tally tally = new Tally();
        deal("compare and restore", workers, (buffer, core) -> {
            TargetFiles target = new FileWriter(files, owners, digests, core, true);
            return new Hands(target, new Differences(files, target, buffer, trusts.get(), tally, false));
        });
        return Optional.of(tally.report(clearing.get().removed()));
    }

    /** Finds out what there would be to mend; nothing is touched. */
    DeltaReport foresee(Clearing clearing) {
        clearing.run();
        Tally tally = new Tally();
        deal("compare", jobs, (buffer, _) -> {
            TargetFiles target = new PresentFiles(plan.files(), clearing::stays);
            return new Hands(target, new Differences(plan.files(), target, buffer, trusts.get(), tally, true));
        });
        return tally.report(clearing.removed());
    }

    private void deal(String title, int workers, BiFunction<PackReader.FrameBuffer, Cores.Core, Hands> handsWith) {
        Cores cores = Cores.of(jobs);
        try (FrameQueue queue = new FrameQueue(
                        plan.pieces().sorted(), cluster, plan.header().sources());
                Progress.Step step = progress.step(title, plan.storedBytes())) {
            new Crew().work(workers, isStopped -> {
                Cores.Core core = cores.take();
                try {
                    if (!queue.isEmpty()) {
                        work(queue, buffer -> handsWith.apply(buffer, core), step, isStopped);
                    }
                } finally {
                    core.release();
                }
            });
        }
    }

    private void work(
            FrameQueue queue,
            Function<PackReader.FrameBuffer, Hands> handsWith,
            Progress.Step step,
            BooleanSupplier isStopped) {
        try (PackReader.FrameBuffer buffer = new PackReader.FrameBuffer()) {
            Hands hands = handsWith.apply(buffer);
            try (TargetFiles _ = hands.target) {
                new Worker(queue, hands.work, spares, step).work(isStopped);
            }
        }
    }
}
