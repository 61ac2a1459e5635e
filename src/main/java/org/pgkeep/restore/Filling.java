package org.pgkeep.restore;

import java.util.Optional;
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

    /** How many threads so many jobs are. */
    static int workers(int jobs) {
        return jobs + Math.min(jobs, WRITERS_MAX);
    }

    /**
     * What all workers do.
     *
     * @param targets the files as one worker sees them, who has this core
     * @param tally adds up what is found different; empty where nothing is there yet
     */
    private record Task(
            String title,
            int workers,
            Function<Cores.Core, TargetFiles> targets,
            Optional<Tally> tally,
            boolean dryRun) {}

    /** Fills empty directories, or, where something was left by {@code clearing}, mends what is there. */
    Optional<DeltaReport> fill(Owners owners, FileDigests digests, Optional<Clearing> clearing) {
        Optional<Tally> tally = clearing.map(_ -> new Tally());
        Function<Cores.Core, TargetFiles> targets =
                core -> new FileWriter(plan.files(), owners, digests, core, clearing.isPresent());
        String title = clearing.isEmpty() ? "restore" : "compare and restore";
        deal(new Task(title, digests.readsBack() ? jobs : workers(jobs), targets, tally, false));
        return tally.map(sum -> sum.report(clearing.map(Clearing::removed).orElse(0L)));
    }

    /** Finds out what there would be to mend; nothing is touched. */
    DeltaReport foresee(Clearing clearing) {
        clearing.run();
        Tally tally = new Tally();
        Function<Cores.Core, TargetFiles> targets = _ -> new PresentFiles(plan.files(), clearing::stays);
        deal(new Task("compare", jobs, targets, Optional.of(tally), true));
        return tally.report(clearing.removed());
    }

    /** What one worker does with its files, its buffer and its core. */
    private interface Works {
        RunWork of(TargetFiles target, PackReader.FrameBuffer buffer, Cores.Core core);
    }

    private void deal(Task task) {
        try (Progress.Step step = progress.step(task.title, plan.storedBytes())) {
            Optional<FrameMemory> memory = plan.pieces().memory();
            if (memory.isPresent()) {
                dealByFiles(task, memory.get(), step);
            } else {
                deal(
                        task,
                        task.workers,
                        (target, buffer, _) -> new EachFrame(frameWork(task, target, buffer), spares, step));
            }
        }
    }

    private void dealByFiles(Task task, FrameMemory memory, Progress.Step step) {
        FrameCache cache = new FrameCache(memory.frames());
        try (OpenPacks packs = new OpenPacks(cluster, plan.header().sources(), memory.indexBytes())) {
            deal(task, Math.min(task.workers, memory.workers()), (target, buffer, core) -> {
                SharedFrames frames = new SharedFrames(cluster, packs, cache, spares, buffer, core);
                return partWork(task, target, frames).each(step);
            });
        }
    }

    private void deal(Task task, int workers, Works works) {
        Cores cores = Cores.of(jobs);
        try (PieceQueue queue = plan.pieces().queue(cluster)) {
            new Crew().work(workers, isStopped -> {
                Cores.Core core = cores.take();
                try {
                    if (!queue.isEmpty()) {
                        work(task, queue, works, core, isStopped);
                    }
                } finally {
                    core.release();
                }
            });
        }
    }

    private void work(Task task, PieceQueue queue, Works works, Cores.Core core, BooleanSupplier isStopped) {
        try (PackReader.FrameBuffer buffer = new PackReader.FrameBuffer();
                TargetFiles target = task.targets.apply(core)) {
            new Worker(queue, works.of(target, buffer, core)).work(isStopped);
        }
    }

    private FrameWork frameWork(Task task, TargetFiles target, PackReader.FrameBuffer buffer) {
        FileTable files = plan.files();
        return task.tally
                .<FrameWork>map(tally -> new Differences(files, target, buffer, trusts.get(), tally, task.dryRun))
                .orElseGet(() -> new WholeFrames(files, target, buffer));
    }

    private PartWork partWork(Task task, TargetFiles target, SharedFrames frames) {
        FileTable files = plan.files();
        return task.tally
                .<PartWork>map(tally -> new PartDifferences(files, target, frames, trusts.get(), tally, task.dryRun))
                .orElseGet(() -> new WholeParts(files, target, frames));
    }
}
