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

    /** Whatever there is memory for, fewer do not work: so many keep any disk busy. */
    private static final int WORKERS_ENOUGH = 8;

    /** Of each worker: its part of a file and the next may be in two frames of the source that has most of it. */
    private static final int FOR_EACH_WORKER = 2;

    /**
     * As much as is of use, if there is enough: for each source a frame, and some that are only begun or nearly done with.
     *
     * @param workers how many would work
     * @param memoryBytes what Java may take, without the table of files
     * @param indexBytes what the indexes of packs take that are needed at a time
     */
    static Optional<FrameMemory> of(int sources, int workers, long memoryBytes, long indexBytes) {
        for (int fewer = workers; fewer >= Math.min(workers, WORKERS_ENOUGH); fewer--) {
            long rest = memoryBytes / 4 * QUARTERS - indexBytes - fewer * WORKER_BYTES;
            int begun = FOR_EACH_WORKER * fewer;
            long frames = Math.min(rest / FrameCodec.CONTENT_BYTES_MAX, 2L * sources + begun);
            if (frames >= sources + begun) {
                return Optional.of(new FrameMemory(
                        fewer, (int) frames, indexBytes + rest - frames * FrameCodec.CONTENT_BYTES_MAX));
            }
        }
        return Optional.empty();
    }
}
