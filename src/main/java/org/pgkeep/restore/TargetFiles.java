package org.pgkeep.restore;

/**
 * The files of the target as one worker sees them, by their ordinal and in blocks. What a last block has beyond its file's end
 * is zero when read and left out when written. For one thread; any number of them may work on the same file.
 */
interface TargetFiles extends AutoCloseable {
    /**
     * Reads what is there.
     *
     * @return {@code false} when there is nothing: no such file, or it ends before
     */
    boolean read(int file, long firstBlock, byte[] content, int offset, int blocks);

    /** Writes blocks to their place. */
    void write(int file, long firstBlock, byte[] content, int offset, int blocks);

    /**
     * Adds blocks, as they stand in the file now, to its checksum.
     *
     * @return how many bytes of the file they are
     */
    long addToChecksum(int file, long firstBlock, byte[] content, int offset, int blocks);

    /** One piece of the file is as it must be; the last one makes the file complete. */
    void pieceDone(int file);

    @Override
    void close();
}
