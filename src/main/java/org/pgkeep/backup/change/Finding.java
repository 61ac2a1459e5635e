package org.pgkeep.backup.change;

/** What a way to find changes came to. */
sealed interface Finding {
    /** It found them. */
    record Found(Changes changes) implements Finding {}

    /**
     * It cannot be taken.
     *
     * @param why as the end of the sentence "not by ...: ", with an LSN or a file where there is one
     */
    record Unable(String why) implements Finding {}
}
