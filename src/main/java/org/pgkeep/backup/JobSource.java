package org.pgkeep.backup;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgkeep.spool.SortedRecords;

/**
 * Deals out the plan as jobs: the files with most to read first, in ranges, so that the last worker never sits on a long tail; then
 * the small ones in path order. Thread-safe.
 */
final class JobSource implements AutoCloseable {
    /** A range of a large file: long enough to be read sequentially, short enough to be shared. */
    static final int RANGE_GROUPS = 32;

    /** Files of which more is to be read are read in ranges. */
    static final long LARGE_BYTES = 4L << 20;

    private static final int FILES_PER_JOB = 256;
    private static final long BYTES_PER_JOB = 8L << 20;

    private final CopyPlan plan;
    private final SortedRecords largest;
    private final SortedRecords.Cursor large;
    private final long totalBytes;
    private final CopyPlan.Reader small;
    private CopyJob.@Nullable Source current;
    private long nextGroup;

    /** Reads the plan once to find the large files. */
    JobSource(CopyPlan plan, Path temporary) {
        this.plan = plan;
        this.largest = new SortedRecords(temporary, 3, 2);
        long bytes = 0;
        CopyPlan.Reader reader = plan.read(0);
        long position = reader.position();
        for (Optional<CopyJob.Source> next = reader.next(); next.isPresent(); next = reader.next()) {
            CopyJob.Source file = next.get();
            bytes += file.bytesToRead();
            if (isLarge(file)) {
                largest.add(~file.bytesToRead(), file.ordinal(), position);
            }
            position = reader.position();
        }
        this.totalBytes = bytes;
        this.large = largest.sorted();
        this.small = plan.read(0);
    }

    private static boolean isLarge(CopyJob.Source file) {
        return file.bytesToRead() > LARGE_BYTES;
    }

    /** Bytes that all jobs read. */
    long totalBytes() {
        return totalBytes;
    }

    /** The next job; empty when all are dealt out. */
    synchronized Optional<CopyJob> next() {
        CopyJob.Source file = current;
        if (file == null && large.next()) {
            file = plan.read(large.get(2)).next().orElseThrow();
            current = file;
            nextGroup = 0;
        }
        return file == null ? nextSmall() : Optional.of(nextRange(file));
    }

    private CopyJob nextRange(CopyJob.Source file) {
        int count = (int) Math.min(RANGE_GROUPS, file.groups() - nextGroup);
        CopyJob range = new CopyJob.Range(file, nextGroup, count);
        nextGroup += count;
        if (nextGroup == file.groups()) {
            current = null;
        }
        return range;
    }

    private Optional<CopyJob> nextSmall() {
        List<CopyJob.Source> batch = new ArrayList<>();
        long bytes = 0;
        while (batch.size() < FILES_PER_JOB && bytes < BYTES_PER_JOB) {
            Optional<CopyJob.Source> next = small.next();
            if (next.isEmpty()) {
                break;
            }
            CopyJob.Source file = next.get();
            if (!isLarge(file)) {
                batch.add(file);
                bytes += file.bytesToRead();
            }
        }
        return batch.isEmpty() ? Optional.empty() : Optional.of(new CopyJob.Files(batch));
    }

    @Override
    public void close() {
        largest.close();
    }
}
