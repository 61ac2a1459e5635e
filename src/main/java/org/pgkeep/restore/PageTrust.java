package org.pgkeep.restore;

/** Says of pages of the target whether they need no comparison. For one thread. */
interface PageTrust {
    /** Compares everything. */
    PageTrust NONE = (_, _, _, _) -> false;

    /**
     * Whether this page is certain to be the backup's, or to become it by the WAL that recovery replays.
     *
     * @param block number in the file
     * @param content what the target has; the page begins at {@code offset}
     */
    boolean isCertain(int file, long block, byte[] content, int offset);
}
