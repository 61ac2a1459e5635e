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
import org.pgkeep.postgres.server.WalMessage;
import org.pgkeep.postgres.server.WalStream;

/** Receives the WAL of one timeline into files of a backup, on a thread of its own, up to a place that is told later. */
final class WalReception {
    private static final Duration LOOK = Duration.ofMillis(200);
    /** Well below {@code wal_sender_timeout}, which is a minute by default. */
    private static final long STATUS_NANOS = Duration.ofSeconds(10).toNanos();

    private static final Lsn NEVER = new Lsn(-1);

    private final WalStream stream;
    private final WalFiles files;
    private final int timeline;
    private final int segmentBytes;
    private final boolean confirms;
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

    private void take(WalMessage message) throws IOException {
        switch (message) {
            case WalMessage.Data data -> write(data);
            case WalMessage.Keepalive(var _, var replyRequested) -> tell(replyRequested);
            case WalMessage.Quiet _ -> tell(false);
            case WalMessage.Removed(var reason) ->
                throw new PgkeepException(
                        ErrorCode.QUERY, "WAL that the backup needs is gone from the server: " + reason);
        }
    }

    private void tell(boolean now) {
        if (now || System.nanoTime() - told > STATUS_NANOS) {
            stream.confirm(reached, confirms ? stored : Lsn.INVALID);
            told = System.nanoTime();
        }
    }

    private void write(WalMessage.Data data) throws IOException {
        if (!data.start().equals(reached)) {
            throw new PgkeepException(
                    ErrorCode.QUERY, "the server sent WAL from " + data.start() + ", not from " + reached);
        }
        ByteBuffer bytes = data.bytes();
        while (bytes.hasRemaining()) {
            int offset = (int) (reached.value() & segmentBytes - 1);
            int count = Math.min(bytes.remaining(), segmentBytes - offset);
            writeFully(channel(), bytes.slice(bytes.position(), count), offset);
            bytes.position(bytes.position() + count);
            reached = reached.plus(count);
            if (offset + count == segmentBytes) {
                complete();
                tell(true);
            }
        }
        tell(false);
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
        long position = at;
        while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
        }
    }

    private Path place(SegmentName segment) {
        return files.place(segment.toString());
    }

    private FileChannel channel() throws IOException {
        FileChannel channel = open;
        if (channel == null) {
            Path file = place(SegmentName.holding(timeline, reached, segmentBytes));
            channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            open = channel;
        }
        return channel;
    }

    /** Takes the segment in hand into the backup; what the server has not written yet stays zero. */
    private void complete() throws IOException {
        FileChannel channel = open;
        if (channel == null) {
            return;
        }
        SegmentName segment = SegmentName.holdingBefore(timeline, reached, segmentBytes);
        if (channel.size() < segmentBytes) {
            writeFully(channel, ByteBuffer.allocate(1), segmentBytes - 1L);
        }
        closeFile();
        files.add(segment.toString());
        stored = reached;
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
