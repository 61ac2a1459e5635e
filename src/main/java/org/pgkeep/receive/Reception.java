package org.pgkeep.receive;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.pgkeep.codec.Compression;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.server.SegmentCutter;
import org.pgkeep.postgres.server.SegmentSink;
import org.pgkeep.postgres.server.WalMessage;
import org.pgkeep.postgres.server.WalStream;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Fencing;
import org.pgkeep.repository.SegmentPush;
import org.pgkeep.repository.WalPiece;

/**
 * One stream of one timeline into the repository. A single thread reads, makes durable and confirms: while it makes a piece durable the
 * bytes that come wait in the socket, and are the next piece. So one write to the store serves all who committed meanwhile.
 */
final class Reception implements SegmentSink, AutoCloseable {
    /** How often the server hears of us at least ({@code wal_receiver_status_interval}'s default). */
    private static final Duration STATUS = Duration.ofSeconds(10);

    /** How long a signal to end may go unheard. */
    private static final Duration WAIT_MAX = Duration.ofMillis(500);

    private final SegmentPush push;
    private final Place place;
    private final Rhythm rhythm;
    private final Path directory;
    private final WalStream stream;
    private final Silence silence = new Silence(System::nanoTime);
    private final Completions completions;
    private final SegmentCutter cutter;
    private final Compression compression;
    private final Fencing fencing;
    private @Nullable RunningSegment running;
    private long waitingSince;
    private long confirmedAt = System.nanoTime();
    private long foundOpenAt = System.nanoTime() - Fencing.LOOK.toNanos();

    /** What is streamed: a timeline, from a segment's beginning, to where the timeline ends if that is known. */
    record Place(int timeline, Lsn from, Optional<Lsn> end, int segmentBytes) {}

    /**
     * When what came is made durable.
     *
     * @param synchronous at once, as soon as nothing more comes: somebody may wait for it
     * @param interval otherwise, after so long
     * @param bytes in any case when so many came
     */
    record Rhythm(boolean synchronous, Duration interval, long bytes) {}

    /** How it ended. */
    enum Outcome {
        STOPPED,
        TIMELINE_ENDED,
        REMOVED
    }

    Reception(
            ClusterStore cluster,
            SegmentPush push,
            Completions completions,
            Place place,
            Rhythm rhythm,
            Path directory,
            WalStream stream) {
        this.fencing = cluster.fencing();
        this.push = push;
        this.compression = push.compression();
        this.completions = completions;
        this.place = place;
        this.rhythm = rhythm;
        this.directory = directory;
        this.stream = stream;
        this.cutter = new SegmentCutter(place.timeline, place.from, place.segmentBytes, this);
    }

    /** Where it is. */
    Lsn position() {
        return cutter.position();
    }

    /** Receives until the timeline's end, a gap, or until somebody wants it to stop; all that came is durable and confirmed then. */
    Outcome run(BooleanSupplier stopped) {
        while (!stopped.getAsBoolean()) {
            if (place.end.map(end -> !cutter.position().isBefore(end)).orElse(false)) {
                finish();
                return Outcome.TIMELINE_ENDED;
            }
            switch (stream.next(patience())) {
                case WalMessage.Data data -> {
                    silence.broken();
                    take(data);
                }
                case WalMessage.Keepalive keepalive -> {
                    silence.broken();
                    if (keepalive.replyRequested()) {
                        confirm();
                    }
                }
                case WalMessage.Quiet _ -> {
                    flushIfDue(true);
                    listen();
                }
                case WalMessage.Removed _ -> {
                    return Outcome.REMOVED;
                }
            }
            flushIfDue(false);
            if (System.nanoTime() - confirmedAt >= STATUS.toNanos()) {
                confirm();
            }
        }
        finish();
        return Outcome.STOPPED;
    }

    private void listen() {
        switch (silence.lasts()) {
            case WAIT -> {}
            case ASK -> stream.ask(cutter.position(), durableEnd());
            case GONE -> throw stream.silent(Silence.LONG.multipliedBy(2));
        }
    }

    private Duration patience() {
        if (waiting() == 0) {
            return WAIT_MAX;
        }
        if (rhythm.synchronous) {
            return Duration.ZERO;
        }
        long left = rhythm.interval.toNanos() - (System.nanoTime() - waitingSince);
        return Duration.ofNanos(Math.clamp(left, 1_000_000, WAIT_MAX.toNanos()));
    }

    private int waiting() {
        return running == null ? 0 : running.waiting();
    }

    private void take(WalMessage.Data data) {
        if (waiting() == 0) {
            waitingSince = System.nanoTime();
        }
        cutter.take(data);
    }

    @Override
    public void take(SegmentName segment, int offset, ByteBuffer bytes) {
        RunningSegment now = running;
        if (now == null) {
            now = RunningSegment.begin(push.wal(), segment, place.segmentBytes, compression, directory);
            running = now;
        }
        now.take(offset, bytes);
    }

    @Override
    public void completed(SegmentName segment) {
        RunningSegment complete = running;
        if (complete == null) {
            return;
        }
        assertOpen();
        if (rhythm.synchronous) {
            // Its end is waited for: the whole segment takes longer than this piece.
            List<WalPiece> _ = complete.flush();
        }
        running = null;
        completions.add(complete);
        confirm();
    }

    /** @param pause whether nothing more is there for now */
    private void flushIfDue(boolean pause) {
        int waiting = waiting();
        boolean old = System.nanoTime() - waitingSince >= rhythm.interval.toNanos();
        if (waiting > 0 && (waiting >= rhythm.bytes || old || (pause && rhythm.synchronous))) {
            flush();
            confirm();
        }
    }

    private void flush() {
        RunningSegment now = running;
        if (now != null) {
            assertOpen();
            completions.tidy(now, now.flush());
            // What an earlier run stored comes again, and is not confirmed before it is compared.
            waitingSince = System.nanoTime();
        }
    }

    /** Looks for a fence once a second: each commit would wait for it. */
    private void assertOpen() {
        if (System.nanoTime() - foundOpenAt > Fencing.LOOK.toNanos()) {
            fencing.assertStillOpen();
            foundOpenAt = System.nanoTime();
        }
    }

    private void confirm() {
        stream.confirm(cutter.position(), durableEnd());
        confirmedAt = System.nanoTime();
    }

    /** The LSN before which everything is in the repository; none as long as that is not known. */
    private Lsn durableEnd() {
        RunningSegment now = running;
        return completions
                .durableEnd()
                .orElseGet(() -> now == null
                        ? cutter.position()
                        : now.durableEnd().equals(place.from) ? Lsn.INVALID : now.durableEnd());
    }

    private void finish() {
        flush();
        completions.drain();
        confirm();
        stream.end();
    }

    @Override
    public void close() {
        RunningSegment left = running;
        if (left != null) {
            left.close();
        }
        stream.close();
    }
}
