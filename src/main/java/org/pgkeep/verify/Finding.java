package org.pgkeep.verify;

import java.util.List;
import java.util.Optional;
import org.pgkeep.repository.Label;

/**
 * Something that a person should know about what is stored.
 *
 * @param object where it is: a path or URL
 * @param backups that are affected, oldest first
 * @param message what is the case, as a sentence without full stop
 * @param hint what to do, a whole sentence
 */
public record Finding(Severity severity, String object, List<Label> backups, String message, Optional<String> hint) {
    /** How bad it is. */
    public enum Severity {
        /** Something cannot be restored as it was. */
        ERROR,
        /** Nothing is lost, but somebody should look. */
        WARNING,
        /** Worth knowing. */
        NOTE
    }

    public Finding {
        backups = List.copyOf(backups);
    }
}
