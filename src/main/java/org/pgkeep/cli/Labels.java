package org.pgkeep.cli;

import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.GivenName;
import org.pgkeep.repository.Label;

/** Reads labels, and names that stand for them, as people type them. */
final class Labels {
    private Labels() {}

    static Label parse(String text) {
        return Label.parse(text)
                .orElseThrow(() -> new PgkeepException(
                        ErrorCode.USAGE,
                        "'" + text + "' is not a backup's label",
                        "A label looks like 20261121-203000F; 'pgkeep info' lists them."));
    }

    /**
     * The backup of this label, or of this name.
     *
     * @throws PgkeepException {@code BACKUP_UNKNOWN} when no backup has the name; whether there is one of the label is not asked
     */
    static Label of(ClusterStore cluster, String text) {
        Optional<Label> label = Label.parse(text);
        if (label.isPresent()) {
            return label.get();
        }
        return GivenName.parse(text)
                .flatMap(name -> cluster.marks().all().named(name))
                .orElseThrow(() -> new PgkeepException(
                        ErrorCode.BACKUP_UNKNOWN,
                        "cluster '" + cluster.name() + "' has no backup of the name '" + text + "'",
                        "A label looks like 20261121-203000F; 'pgkeep info --cluster " + cluster.name()
                                + "' lists them."));
    }

    /**
     * The same, of a backup that is there.
     *
     * @throws PgkeepException {@code BACKUP_UNKNOWN}
     */
    static Label there(ClusterStore cluster, String text) {
        return cluster.backup(of(cluster, text)).label();
    }
}
