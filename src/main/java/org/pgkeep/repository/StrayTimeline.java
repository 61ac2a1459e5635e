package org.pgkeep.repository;

import java.util.Optional;

/** A timeline in the archive that is younger than the one that the primary writes: a restore to the latest moment follows it. */
public final class StrayTimeline {
    private StrayTimeline() {}

    /**
     * What to tell of it, as a sentence; empty when there is none.
     *
     * @param written the timeline that the primary writes
     */
    public static Optional<String> warning(WalArchive wal, int written) {
        return wal.youngestTimeline()
                .filter(youngest -> Integer.compareUnsigned(youngest, written) > 0)
                .map(
                        youngest -> "the archive has timeline " + Integer.toUnsignedString(youngest)
                                + ", but this server writes timeline " + Integer.toUnsignedString(written)
                                + ": a restore to the latest moment follows the other one, unless --target-timeline says which. Perhaps a copy of"
                                + " this cluster was promoted, and archives as this one (restore --archive-mode off prevents that)");
    }
}
