package org.pgkeep.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * Records of a fixed number of {@code long}s, added in any order by any thread, read back once ordered by the first {@code
 * keyLongs} of them as unsigned numbers. Up to {@link #RECORDS_IN_MEMORY} are sorted in memory; more go to a temporary file in
 * sorted runs that are merged while reading.
 */
public final class SortedRecords implements AutoCloseable {
    /** Records held before a run is written. */
    public static final int RECORDS_IN_MEMORY = 1 << 18;

    private final Path directory;
    private final int width;
    private final int keyLongs;
    private final int recordsInMemory;
    private final List<Run> runs = new ArrayList<>();
    private long[] buffer;
    private int count;
    private long total;
    private @Nullable Path file;
    private @Nullable FileChannel channel;

    /**
     * No records yet.
     *
     * @param directory where the temporary file goes if one is needed
     * @param width longs in a record
     * @param keyLongs how many of them, from the first, are the key
     */
    public SortedRecords(Path directory, int width, int keyLongs) {
        this(directory, width, keyLongs, RECORDS_IN_MEMORY);
    }

    SortedRecords(Path directory, int width, int keyLongs, int recordsInMemory) {
        this.directory = directory;
        this.width = width;
        this.keyLongs = keyLongs;
        this.recordsInMemory = recordsInMemory;
        this.buffer = new long[Math.min(recordsInMemory, 1024) * width];
    }

    /** Adds a record: {@code width} longs from this offset. */
    public synchronized void add(long[] source, int offset) {
        if (count == recordsInMemory) {
            writeRun();
        }
        if ((count + 1) * width > buffer.length) {
            buffer = java.util.Arrays.copyOf(buffer, Math.min(buffer.length * 2, recordsInMemory * width));
        }
        System.arraycopy(source, offset, buffer, count * width, width);
        count++;
        total++;
    }

    /** Adds a record. */
    public void add(long... record) {
        add(record, 0);
    }

    /** How many were added. */
    public synchronized long size() {
        return total;
    }

    /** The records in order. Nothing may be added afterwards. */
    public synchronized Cursor sorted() {
        RecordSort.sort(buffer, count, width, keyLongs);
        PriorityQueue<Run> queue =
                new PriorityQueue<>((a, b) -> RecordSort.compare(a.head(), 0, b.head(), 0, keyLongs));
        Run last = new Run(null, 0, count, buffer);
        for (Run run : runs) {
            run.open();
            queue.add(run);
        }
        if (count > 0) {
            last.open();
            queue.add(last);
        }
        return new Cursor(queue);
    }

    private void writeRun() {
        RecordSort.sort(buffer, count, width, keyLongs);
        try {
            FileChannel target = channel();
            long start = target.size();
            ByteBuffer bytes = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
            long position = start;
            for (int i = 0; i < count * width; i++) {
                bytes.putLong(buffer[i]);
                if (!bytes.hasRemaining() || i == count * width - 1) {
                    bytes.flip();
                    while (bytes.hasRemaining()) {
                        position += target.write(bytes, position);
                    }
                    bytes.clear();
                }
            }
            runs.add(new Run(target, start, count, new long[Math.min(count, 512) * width]));
            count = 0;
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "write a temporary file in " + directory, e);
        }
    }

    private FileChannel channel() throws IOException {
        FileChannel open = channel;
        if (open == null) {
            Path created = Files.createTempFile(directory, "pgkeep-sort", ".tmp");
            file = created;
            open = FileChannel.open(
                    created, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
            channel = open;
        }
        return open;
    }

    @Override
    public synchronized void close() {
        try {
            if (channel != null) {
                channel.close();
            }
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "remove a temporary file in " + directory, e);
        }
    }

    /** Walks the records in order; for one thread. */
    public final class Cursor {
        private final PriorityQueue<Run> queue;
        private final long[] record = new long[width];
        private boolean present;

        private Cursor(PriorityQueue<Run> queue) {
            this.queue = queue;
        }

        /** Moves to the next record; {@code false} after the last. */
        public boolean next() {
            Run run = queue.poll();
            present = run != null;
            if (run == null) {
                return false;
            }
            System.arraycopy(run.head(), 0, record, 0, width);
            if (run.advance()) {
                queue.add(run);
            }
            return true;
        }

        /** The current record's i-th long. */
        public long get(int i) {
            if (!present) {
                throw new PgkeepException(ErrorCode.BUG, "no current record");
            }
            return record[i];
        }
    }

    /** A sorted run: in the file, or (without a channel) the buffer itself. */
    private final class Run {
        private final @Nullable FileChannel source;
        private final long start;
        private final int records;
        private final long[] window;
        private final long[] head = new long[width];
        private int read;
        private int inWindow;
        private int windowAt;

        Run(@Nullable FileChannel source, long start, int records, long[] window) {
            this.source = source;
            this.start = start;
            this.records = records;
            this.window = window;
        }

        void open() {
            if (source == null) {
                inWindow = records;
                read = records;
            }
            advance();
        }

        long[] head() {
            return head;
        }

        boolean advance() {
            if (windowAt == inWindow && !fill()) {
                return false;
            }
            System.arraycopy(window, windowAt * width, head, 0, width);
            windowAt++;
            return true;
        }

        private boolean fill() {
            int wanted = Math.min(window.length / width, records - read);
            if (source == null || wanted == 0) {
                return false;
            }
            ByteBuffer bytes = ByteBuffer.allocate(wanted * width * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            try {
                long position = start + (long) read * width * Long.BYTES;
                while (bytes.hasRemaining()) {
                    int n = source.read(bytes, position + bytes.position());
                    if (n < 0) {
                        throw new IOException("temporary file ends early");
                    }
                }
            } catch (IOException e) {
                throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read a temporary file in " + directory, e);
            }
            bytes.flip();
            bytes.asLongBuffer().get(window, 0, wanted * width);
            read += wanted;
            inWindow = wanted;
            windowAt = 0;
            return true;
        }
    }
}
