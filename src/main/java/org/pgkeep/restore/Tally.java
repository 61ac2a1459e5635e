package org.pgkeep.restore;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Adds up what the workers of a delta restore find and do. Thread-safe. */
final class Tally {
    private final LongAdder compared = new LongAdder();
    private final LongAdder trusted = new LongAdder();
    private final LongAdder written = new LongAdder();
    private final LongAdder stored = new LongAdder();
    private final LongAdder fetched = new LongAdder();
    private final Frames lookedAt = new Frames();
    private final Frames read = new Frames();

    /** Blocks were compared, of which some were trusted and some differ. */
    void compared(long blocks, long trustedBlocks, long differing) {
        compared.add(blocks);
        trusted.add(trustedBlocks);
        written.add(differing);
    }

    /** A frame of this length was looked at, and read if needed. Counted once, however often that happens. */
    void frame(long frame, long storedBytes, boolean isRead) {
        if (lookedAt.add(frame)) {
            stored.add(storedBytes);
        }
        if (isRead && read.add(frame)) {
            fetched.add(storedBytes);
        }
    }

    /** Frames, one bit for each. Thread-safe. */
    private static final class Frames {
        private final Map<Long, BitSet> byPack = new HashMap<>();

        /** Whether it is new. */
        synchronized boolean add(long frame) {
            BitSet frames = byPack.computeIfAbsent(Piece.packOf(frame), _ -> new BitSet());
            boolean isNew = !frames.get(Piece.frame(frame));
            frames.set(Piece.frame(frame));
            return isNew;
        }
    }

    DeltaReport report(long removedFiles) {
        return new DeltaReport(compared.sum(), trusted.sum(), written.sum(), stored.sum(), fetched.sum(), removedFiles);
    }
}
