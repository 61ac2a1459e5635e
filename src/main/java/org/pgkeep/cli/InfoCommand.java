package org.pgkeep.cli;

import java.util.Optional;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.report.Info;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Repository;

/** {@code pgkeep info}. */
final class InfoCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.INFO,
                        "Lists the backups of each cluster with their times, sizes and warnings, backups that run or were cut off,"
                                + " the archived WAL with its gaps, and to which moments each backup can be brought.",
                        "Without --cluster all clusters of the repository are listed, unless the configuration names just one. With"
                                + " --backup one backup is told with all its warnings.")
                .withExample("pgkeep info --repo-path /backup", "lists everything in /backup")
                .withExample("pgkeep info --cluster sales --output json", "tells a program about one cluster")
                .withStatus(ErrorCode.REPOSITORY_MISSING, "There is no repository.")
                .withStatus(ErrorCode.BACKUP_UNKNOWN, "There is no backup of this label.");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.operands(page(), 0, 0);
        Settings settings = invocation.settings();
        Optional<Label> label = settings.find(Options.BACKUP_LABEL).map(Labels::parse);
        boolean oneCluster = settings.clusterIsChosen() || label.isPresent();
        Optional<ClusterName> cluster =
                oneCluster ? Optional.of(new ClusterName(settings.cluster())) : Optional.empty();
        try (Repository repository = invocation.repository()) {
            Info.RepositoryReport report =
                    new Info(repository, invocation.backends().clock()).report(new Info.Request(cluster, label));
            if (invocation.json()) {
                JsonOutput.print(invocation.out(), json -> InfoJson.write(json, report));
            } else {
                InfoText.print(invocation.out(), report);
            }
        }
        return 0;
    }
}
