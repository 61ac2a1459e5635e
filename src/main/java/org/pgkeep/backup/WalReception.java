package org.pgkeep.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.server.SegmentCutter;
import org.pgkeep.postgres.server.SegmentSink;
import org.pgkeep.postgres.server.WalMessage;
import org.pgkeep.postgres.server.WalStream;

/** Receives the WAL of one timeline into files of a backup, on a thread of its own, up to a place that is told later. */
final class WalReception implements SegmentSink {
    private static final Duration LOOK = Duration.ofMillis(200);
    /** Well below {@code wal_sender_timeout}, which is a minute by default. */
    private static final long STATUS_NANOS = Duration.ofSeconds(10).toNanos();

    private static final Lsn NEVER = new Lsn(-1);

    private final WalStream stream;
    private final WalFiles files;
    private final int timeline;
    private final int segmentBytes;
    private final boolean confirms;
    private final SegmentCutter cutter;
    private final Thread thread;
    private volatile Lsn reached;
    private volatile Lsn end = NEVER;
    private volatile boolean stopped;
    private volatile @Nullable Throwable failure;
    private Lsn stored;
    private long told = System.nanoTime();
    private @Nullable FileChannel open;

    /**
     * A reception to come.
     *
     * @param begin where the stream begins: the first byte of a segment
     * @param confirms whether the server is told what it need not keep
     */
    WalReception(WalStream stream, WalFiles files, int timeline, int segmentBytes, Lsn begin, boolean confirms) {
        this.stream = stream;
        this.files = files;
        this.timeline = timeline;
        this.segmentBytes = segmentBytes;
        this.reached = begin;
        this.stored = begin;
        this.confirms = confirms;
        this.cutter = new SegmentCutter(timeline, begin, segmentBytes, this);
        this.thread = Thread.ofPlatform().name("receive-wal").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Has it end once it has the byte before this one. */
    void endAt(Lsn lsn) {
        end = lsn;
    }

    /** The LSN after the last byte received. */
    Lsn reached() {
        return reached;
    }

    /**
     * Throws what ended it.
     *
     * @throws PgkeepException of any code
     */
    void check() {
        Throwable cause = failure;
        if (cause instanceof PgkeepException e) {
            throw e.withHint(
                    "The backup needs all WAL from its start to its end, and is given up. Look into the server's log, then run"
                            + " it again.");
        }
        if (cause != null) {
            throw new PgkeepException(ErrorCode.BUG, "receiving WAL failed: " + cause).causedBy(cause);
        }
    }

    /** Waits for the end, at most so long; whether it came. */
    boolean awaitEnd(Duration atMost) {
        try {
            return thread.join(atMost);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PgkeepException(ErrorCode.TERMINATED, "interrupted while waiting for WAL").causedBy(e);
        }
    }

    private void run() {
        try (stream) {
            while (!stopped && reached.isBefore(end)) {
                take(stream.next(LOOK));
            }
            if (!stopped) {
                complete();
            }
        } catch (Throwable e) {
            failure = e;
        } finally {
            closeFile();
        }
    }

    private void take(WalMessage message) {
        switch (message) {
            case WalMessage.Data data -> {
                cutter.take(data);
                reached = cutter.position();
                tell(false);
            }
            case WalMessage.Keepalive(var _, var replyRequested) -> tell(replyRequested);
            case WalMessage.Quiet _ -> tell(false);
            case WalMessage.Removed(var reason) ->
                throw new PgkeepException(
                        ErrorCode.QUERY, "WAL that the backup needs is gone from the server: " + reason);
        }
    }

    private void tell(boolean now) {
        if (now || System.nanoTime() - told > STATUS_NANOS) {
            stream.confirm(cutter.position(), confirms ? stored : Lsn.INVALID);
            told = System.nanoTime();
        }
    }

    @Override
    public void take(SegmentName segment, int offset, ByteBuffer bytes) {
        try {
            write(channel(segment), bytes, offset);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "write " + files.place(segment.toString()), e);
        }
    }

    private static void write(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
        long position = at;
        while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
        }
    }

    private FileChannel channel(SegmentName segment) throws IOException {
        FileChannel channel = open;
        if (channel == null) {
            Path file = files.place(segment.toString());
            channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            open = channel;
        }
        return channel;
    }

    @Override
    public void completed(SegmentName segment) {
        closeFile();
        files.add(segment.toString());
        stored = cutter.position();
        tell(true);
    }

    /** Takes the segment in hand into the backup; what the server has not written yet stays zero. */
    private void complete() {
        FileChannel channel = open;
        if (channel == null) {
            return;
        }
        SegmentName segment = SegmentName.holdingBefore(timeline, reached, segmentBytes);
        try {
            write(channel, ByteBuffer.allocate(1), segmentBytes - 1L);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "write " + files.place(segment.toString()), e);
        }
        closeFile();
        files.add(segment.toString());
    }

    private void closeFile() {
        try (FileChannel _ = open) {
            open = null;
        } catch (IOException e) {
            if (failure == null) {
                failure = e;
            }
        }
    }

    /** Ends it where it is. */
    void close() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
