package org.pgkeep.backup;

import java.util.List;
import java.util.Optional;
import org.pgkeep.repository.GroupHashes;
import org.pgkeep.repository.PathName;

/** What a worker does without asking again. */
sealed interface CopyJob {
    /**
     * A file to read.
     *
     * @param ordinal its number in the listing
     * @param sizeBytes when it was listed
     * @param reading which of its blocks
     * @param remains what attempts that were cut off have stored of it
     */
    record Source(long ordinal, PathName path, long sizeBytes, Reading reading, Optional<BaseFile> remains) {
        /** A file of which no attempt stored anything. */
        Source(long ordinal, PathName path, long sizeBytes, Reading reading) {
            this(ordinal, path, sizeBytes, reading, Optional.empty());
        }

        /** The same file, longer by now. */
        Source grownTo(long bytes) {
            return new Source(ordinal, path, bytes, reading, remains);
        }

        /** Bytes to read. */
        long bytesToRead() {
            return reading.bytes(sizeBytes);
        }

        /** Its length in groups. */
        long groups() {
            return GroupHashes.groupsOf(sizeBytes);
        }
    }

    /** Files that are read from beginning to end, one after another. */
    record Files(List<Source> files) implements CopyJob {
        public Files {
            files = List.copyOf(files);
        }
    }

    /**
     * A contiguous part of a large file.
     *
     * @param firstGroup number of the first MiB
     * @param groups how many
     */
    record Range(Source file, long firstGroup, int groups) implements CopyJob {}
}
