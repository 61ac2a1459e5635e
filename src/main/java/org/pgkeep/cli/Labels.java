package org.pgkeep.cli;

import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.Label;

/** Reads labels that people type. */
final class Labels {
    private Labels() {}

    static Label parse(String text) {
        return Label.parse(text)
                .orElseThrow(() -> new PgkeepException(
                        ErrorCode.USAGE,
                        "'" + text + "' is not a backup's label",
                        "A label looks like 20261121-203000F; 'pgkeep info' lists them."));
    }
}
