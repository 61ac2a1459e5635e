package org.pgkeep.archive;

/** What an archiver or a prefetcher hears of. */
sealed interface SpoolEvent {
    /** A file is there: the server waits for it to be archived. */
    record Ready(String file) implements SpoolEvent {}

    /** It is there no more: the server waits no longer, or a launcher took it. */
    record Gone(String file) implements SpoolEvent {}

    /** A launcher waits for a file. */
    record Wanted(String file) implements SpoolEvent {}

    /** Events were lost: look at everything. */
    record Overflow() implements SpoolEvent {}

    /**
     * A worker ended.
     *
     * @param consequence what follows from it, for the one thread that knows what is to be done
     */
    record Ended(Runnable consequence) implements SpoolEvent {}
}
