package org.pgkeep.cli;

import java.util.List;
import org.pgkeep.config.Settings;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Repository;

/** Which clusters a command is about that may be about all. */
final class Clusters {
    private Clusters() {}

    /** The one that was named or leaves no choice; else all of the repository. */
    static List<ClusterName> chosen(Settings settings, Repository repository) {
        return settings.clusterIsChosen() ? List.of(new ClusterName(settings.cluster())) : repository.clusters();
    }
}
