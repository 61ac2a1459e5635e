package org.pgkeep.repository;

/**
 * Where a run of a file's blocks is stored; follows the previous extent's blocks.
 *
 * @param blocks how many
 * @param source 0: every byte is zero and nothing is stored; n: the n-th of {@link ManifestHeader#sources()}, from 1
 * @param pack number of the pack in that backup, from 1
 * @param frame number of the frame in that pack, from 0
 * @param firstBlock of the frame's content
 */
public record Extent(int blocks, int source, int pack, int frame, int firstBlock) {
    /** A run of zero blocks. */
    public static Extent zero(int blocks) {
        return new Extent(blocks, 0, 0, 0, 0);
    }

    /** Whether every byte is zero. */
    public boolean isZero() {
        return source == 0;
    }
}
