package org.pgkeep.restore;

import java.util.concurrent.atomic.LongAdder;

/** Adds up what the workers of a delta restore find and do. Thread-safe. */
final class Tally {
    private final LongAdder compared = new LongAdder();
    private final LongAdder trusted = new LongAdder();
    private final LongAdder written = new LongAdder();
    private final LongAdder stored = new LongAdder();
    private final LongAdder fetched = new LongAdder();

    /** Blocks were compared, of which some were trusted and some differ. */
    void compared(long blocks, long trustedBlocks, long differing) {
        compared.add(blocks);
        trusted.add(trustedBlocks);
        written.add(differing);
    }

    /** A frame of this length was looked at, and read if needed. */
    void frame(long storedBytes, boolean isRead) {
        stored.add(storedBytes);
        fetched.add(isRead ? storedBytes : 0);
    }

    DeltaReport report(long removedFiles) {
        return new DeltaReport(compared.sum(), trusted.sum(), written.sum(), stored.sum(), fetched.sum(), removedFiles);
    }
}
