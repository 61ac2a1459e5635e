package org.pgkeep.restore;

import java.util.Optional;
import org.pgkeep.codec.FrameCodec;

/**
 * What there is memory for when pieces are worked off in the order of {@link PieceOrder#FILES}.
 *
 * @param workers how many may work
 * @param frames how many are held for all of them
 * @param indexBytes for the indexes of packs that are open
 */
record FrameMemory(int workers, int frames, long indexBytes) {
    /** Of Java's memory the fourth part is left alone. */
    private static final int QUARTERS = 3;

    /** What each worker needs: a frame as it is stored, a part of a file, and a run of pieces. */
    private static final long WORKER_BYTES = 3L << 20;

    /** Rather than fewer, or than half of those who would work, the other order is taken. */
    private static final int WORKERS_MIN = 8;

    /** Of each worker: its part of a file and the next may be in two frames of the source that has most of it. */
    private static final int FOR_EACH_WORKER = 2;

    /**
     * As much as is of use, if there is enough: for each source a frame, and some that are only begun or nearly done with.
     *
     * @param workers how many would work
     * @param memoryBytes what Java may take
     * @param tableBytes what the table of files takes of it
     * @param indexBytes about what the indexes of packs take that are needed at a time
     */
    static Optional<FrameMemory> of(int sources, int workers, long memoryBytes, long tableBytes, long indexBytes) {
        // The workers are at several places, and packs have frames that nobody knows of: a quarter more.
        long indexes = indexBytes + indexBytes / 4;
        long free = memoryBytes / 4 * QUARTERS - tableBytes - indexes;
        for (int some = workers; some >= Math.min(workers, Math.max(WORKERS_MIN, workers / 2)); some--) {
            long needed = sources + (long) FOR_EACH_WORKER * some;
            long rest = free - some * WORKER_BYTES - needed * FrameCodec.CONTENT_BYTES_MAX;
            if (rest >= 0) {
                // Of what is left half is of use for frames.
                long more = Math.min(sources, rest / 2 / FrameCodec.CONTENT_BYTES_MAX);
                return Optional.of(new FrameMemory(
                        some, (int) (needed + more), indexes + rest - more * FrameCodec.CONTENT_BYTES_MAX));
            }
        }
        return Optional.empty();
    }
}
