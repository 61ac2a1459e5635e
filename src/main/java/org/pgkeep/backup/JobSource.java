package org.pgkeep.backup;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.repository.Blocks;
import org.pgkeep.spool.SortedRecords;

/**
 * Deals out the listing as jobs: the largest files first, in ranges, so that the last worker never sits on a long tail; then the
 * small ones in path order. Thread-safe.
 */
final class JobSource implements AutoCloseable {
    /** A range of a large file: long enough to be read sequentially, short enough to be shared. */
    static final int RANGE_GROUPS = 32;

    /** Files longer than this are read in ranges. */
    static final long LARGE_BYTES = 4L << 20;

    private static final long GROUP_BYTES = (long) Blocks.BYTES * Blocks.PER_GROUP;
    private static final int FILES_PER_JOB = 256;
    private static final long BYTES_PER_JOB = 8L << 20;

    private final ListingSpool listing;
    private final SortedRecords largest;
    private final SortedRecords.Cursor large;
    private final long totalBytes;
    private final long files;
    private final ListingSpool.Reader small;
    private long smallOrdinal;
    private CopyJob.@Nullable Source current;
    private long nextGroup;

    /** Reads the listing once to find the large files. */
    JobSource(ListingSpool listing, Path temporary) {
        this.listing = listing;
        this.largest = new SortedRecords(temporary, 3, 2);
        long bytes = 0;
        long count = 0;
        try (ListingSpool.Reader reader = listing.read()) {
            long position = reader.position();
            long ordinal = 0;
            for (Optional<ListedEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
                ListedEntry entry = next.get();
                if (isCopied(entry)) {
                    bytes += entry.sizeBytes();
                    if (isLarge(entry)) {
                        largest.add(~entry.sizeBytes(), ordinal, position);
                    }
                }
                count += entry.type() == ListedEntry.Type.FILE ? 1 : 0;
                ordinal++;
                position = reader.position();
            }
        }
        this.totalBytes = bytes;
        this.files = count;
        this.large = largest.sorted();
        this.small = listing.read();
    }

    /** Whether workers copy it: the control file is copied last, by itself. */
    private static boolean isCopied(ListedEntry entry) {
        return entry.type() == ListedEntry.Type.FILE
                && entry.sizeBytes() > 0
                && !entry.path().latin1().equals(ControlFile.PATH);
    }

    private static boolean isLarge(ListedEntry entry) {
        return entry.sizeBytes() > LARGE_BYTES;
    }

    /** Bytes that all jobs read. */
    long totalBytes() {
        return totalBytes;
    }

    /** Regular files in the listing. */
    long files() {
        return files;
    }

    /** The next job; empty when all are dealt out. */
    synchronized Optional<CopyJob> next() {
        CopyJob.Source file = current;
        if (file == null && large.next()) {
            file = largeFile();
            current = file;
            nextGroup = 0;
        }
        return file == null ? nextSmall() : Optional.of(nextRange(file));
    }

    private CopyJob.Source largeFile() {
        try (ListingSpool.Reader reader = listing.readAt(large.get(2))) {
            ListedEntry entry = reader.next().orElseThrow();
            return new CopyJob.Source(large.get(1), entry.path(), entry.sizeBytes());
        }
    }

    private CopyJob nextRange(CopyJob.Source file) {
        long groups = (file.sizeBytes() + GROUP_BYTES - 1) / GROUP_BYTES;
        int count = (int) Math.min(RANGE_GROUPS, groups - nextGroup);
        CopyJob range = new CopyJob.Range(file, nextGroup, count);
        nextGroup += count;
        if (nextGroup == groups) {
            current = null;
        }
        return range;
    }

    private Optional<CopyJob> nextSmall() {
        List<CopyJob.Source> batch = new ArrayList<>();
        long bytes = 0;
        while (batch.size() < FILES_PER_JOB && bytes < BYTES_PER_JOB) {
            Optional<ListedEntry> next = small.next();
            if (next.isEmpty()) {
                break;
            }
            ListedEntry entry = next.get();
            if (isCopied(entry) && !isLarge(entry)) {
                batch.add(new CopyJob.Source(smallOrdinal, entry.path(), entry.sizeBytes()));
                bytes += entry.sizeBytes();
            }
            smallOrdinal++;
        }
        return batch.isEmpty() ? Optional.empty() : Optional.of(new CopyJob.Files(batch));
    }

    @Override
    public void close() {
        small.close();
        largest.close();
    }
}
