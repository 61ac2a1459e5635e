package org.pgkeep.receive;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.SegmentPush;
import org.pgkeep.repository.WalPiece;

/**
 * What is done beside the stream, one after another, so that nobody who waits for a commit waits for that: complete segments are stored,
 * useless pieces removed. A segment that cannot be stored is the last: with one behind it the next stream would begin there, and nobody
 * would ask for the one between again.
 */
final class Completions implements AutoCloseable {
    /** How many may wait; then the stream does. */
    private static final int WAITING_MAX = 2;

    private final SegmentPush push;
    private final Progress progress;
    private final ExecutorService worker = Executors.newSingleThreadExecutor(
            task -> Thread.ofPlatform().daemon().name("segment").unstarted(task));
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private volatile boolean failed;

    Completions(SegmentPush push, Progress progress) {
        this.push = push;
        this.progress = progress;
    }

    private record Waiting(RunningSegment segment, Future<?> done) {}

    /** Begins to store one; what an earlier one met is thrown. */
    void add(RunningSegment segment) {
        waiting.add(new Waiting(segment, worker.submit(() -> storeInTurn(segment))));
        while (waiting.size() > WAITING_MAX) {
            first();
        }
    }

    /** Removes pieces that are of no use, when there is time; the segment's end removes what is left. */
    void tidy(RunningSegment segment, List<WalPiece> useless) {
        if (useless.isEmpty()) {
            return;
        }
        var _ = worker.submit(() -> {
            try {
                segment.remove(useless);
            } catch (PgkeepException e) {
                progress.debug("cannot remove pieces of " + segment.segment() + ": " + e.getMessage());
            }
        });
    }

    private void storeInTurn(RunningSegment segment) {
        if (failed) {
            throw new PgkeepException(ErrorCode.STORAGE, "one before " + segment.segment() + " could not be stored");
        }
        boolean stored = false;
        try {
            store(segment);
            stored = true;
        } finally {
            failed = !stored;
        }
    }

    private void store(RunningSegment segment) {
        SegmentPush.Result result = push.push(segment.file(), segment.segment());
        segment.stored();
        segment.close();
        result.unsummarized()
                .ifPresent(why -> progress.warn(
                        segment.segment() + " is stored, but has no summary for incremental backups: " + why));
        progress.debug("stored " + segment.segment());
    }

    private void first() {
        Waiting first = waiting.getFirst();
        try {
            Object _ = first.done.get();
            waiting.removeFirst();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof PgkeepException failure) {
                throw failure;
            }
            throw new PgkeepException(ErrorCode.BUG, "cannot store " + first.segment.segment() + ": " + e.getCause())
                    .causedBy(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PgkeepException(ErrorCode.TERMINATED, "interrupted while storing WAL").causedBy(e);
        }
    }

    /** The end of what is durable, when that is in one of these; empty when all of them are, to their ends. */
    Optional<Lsn> durableEnd() {
        while (!waiting.isEmpty() && waiting.getFirst().done.isDone()) {
            first();
        }
        for (Waiting each : waiting) {
            if (!each.segment.isAllDurable()) {
                return Optional.of(each.segment.durableEnd());
            }
        }
        return Optional.empty();
    }

    /** Waits until all are stored. */
    void drain() {
        while (!waiting.isEmpty()) {
            first();
        }
    }

    /** Those that are not stored yet come again; their files go. */
    @Override
    public void close() {
        worker.close();
        waiting.forEach(each -> each.segment.close());
    }
}
