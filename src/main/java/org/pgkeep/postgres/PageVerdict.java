package org.pgkeep.postgres;

/** What {@link PageCheck} finds about a page. */
public sealed interface PageVerdict {
    /** A page that the server accepts. */
    enum Good implements PageVerdict {
        /** All bytes are zero: allocated, never written. */
        NEW,
        /** As it was written. */
        SOUND
    }

    /**
     * The page is not the one that was written, or not of this block.
     *
     * @param expected the checksum of the bytes that are there, 1 to 65535
     * @param found the checksum stored in the page
     */
    record BadChecksum(int expected, int found) implements PageVerdict {}

    /**
     * The page's header contradicts itself, so that the server refuses the page even without checksums.
     *
     * @param why in lower case
     */
    record BadHeader(String why) implements PageVerdict {}

    /** Whether the server refuses the page. */
    default boolean isBad() {
        return switch (this) {
            case Good _ -> false;
            case BadChecksum _, BadHeader _ -> true;
        };
    }
}
