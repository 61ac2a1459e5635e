package org.pgkeep.archive;

import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.PgkeepException;

/** What the archiver hears of. */
sealed interface SpoolEvent {
    /** The server waits for a file to be archived. */
    record Ready(String file) implements SpoolEvent {}

    /** The server waits no more for a file. */
    record Gone(String file) implements SpoolEvent {}

    /** A launcher waits for a file. */
    record Wanted(String file) implements SpoolEvent {}

    /** Events were lost: look at everything. */
    record Overflow() implements SpoolEvent {}

    /**
     * A push ended.
     *
     * @param modified when the file was changed last
     * @param error why it is not stored; empty when it is
     */
    record Ended(String file, FileTime modified, List<String> warnings, Optional<PgkeepException> error)
            implements SpoolEvent {
        public Ended {
            warnings = List.copyOf(warnings);
        }
    }
}
