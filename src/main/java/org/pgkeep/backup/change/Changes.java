package org.pgkeep.backup.change;

import java.time.Instant;
import org.pgkeep.postgres.Lsn;

/** What is known of the changes since a base backup began: what an incremental backup has to read of relations' main forks. */
public sealed interface Changes extends AutoCloseable {
    /** The way by which they were found. */
    Way way();

    @Override
    default void close() {}

    /**
     * Every block that changed is listed.
     *
     * @param way that listed them
     */
    record Listed(Way way, ChangedBlocks blocks) implements Changes {
        @Override
        public void close() {
            blocks.close();
        }
    }

    /**
     * A page's own LSN tells: one that is older than this, and not zero, is as it was.
     *
     * @param since where the base's recovery begins
     */
    record ByLsn(Lsn since) implements Changes {
        @Override
        public Way way() {
            return Way.LSN;
        }
    }

    /**
     * A file of the same size and time is as it was, unless its time lies within reach of the base backup's own.
     *
     * @param trustedBefore when the base began to read, less what clocks and file systems blur
     * @param now no sound file is younger
     */
    record ByTime(Instant trustedBefore, Instant now) implements Changes {
        @Override
        public Way way() {
            return Way.FILES;
        }
    }

    /** Nothing is: every block's hash is compared. */
    record ByHash() implements Changes {
        @Override
        public Way way() {
            return Way.HASH;
        }
    }
}
