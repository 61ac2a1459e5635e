package org.pgkeep.archive;

import java.util.Locale;

/** Who fills a spool. Its name is that of its files, and part of its life ({@code docs/formats/spool.md}). */
enum SpoolWorker {
    /** Pushes what is ready ahead. */
    ARCHIVER,
    /** Gets what follows ahead. */
    PREFETCHER;

    /** Its name. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
