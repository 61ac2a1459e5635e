package org.pgkeep.cli;

import org.pgkeep.config.Settings;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Repository;

/** Reads labels, and names that stand for them, as people type them: every option and operand that is a backup comes this way. */
final class Labels {
    private Labels() {}

    /** The backup of this label, or of this name, in the chosen cluster; whether there is one of the label is not asked. */
    static Label of(Repository repository, Settings settings, String text) {
        return Label.parse(text).orElseGet(() -> cluster(repository, settings).label(text));
    }

    /**
     * The same, of a backup that is there, be its record readable or not.
     *
     * @throws org.pgkeep.error.PgkeepException {@code BACKUP_UNKNOWN}
     */
    static Label there(ClusterStore cluster, String text) {
        Label label = cluster.label(text);
        if (!cluster.exists(label)) {
            throw cluster.unknown(label);
        }
        return label;
    }

    private static ClusterStore cluster(Repository repository, Settings settings) {
        return repository.cluster(new ClusterName(settings.cluster()));
    }
}
