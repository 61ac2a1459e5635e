package org.pgkeep.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.linux.LinuxDirectory;
import org.pgkeep.postgres.server.ArchiveQueue;
import org.pgkeep.report.Info;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Repository;

/** {@code pgkeep metrics}. */
final class MetricsCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.METRICS,
                        "Prints what monitoring wants to know of each repository and cluster, in the text format of Prometheus: the newest"
                                + " backup of each type, the span that can be restored, problems, archived WAL, when it came last, its gaps,"
                                + " what was given up, and, where the data directory is on this machine, what waits to be archived.",
                        "Everything is read from the repositories: there are no counters that a restart would lose. For the textfile"
                                + " collector of node_exporter let a timer print it into a file beside and rename that.",
                        "A repository that cannot be read has pgkeep_up 0, and the exit status says why; the others are told about all the"
                                + " same.")
                .withExample("pgkeep metrics --config /etc/pgkeep/pgkeep.toml", "prints all of them")
                .withStatus(ErrorCode.REPOSITORY_MISSING, "There is no repository.")
                .withStatus(ErrorCode.CLUSTER_UNKNOWN, "The repository does not know the cluster.");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.operands(page(), 0, 0);
        LinuxDirectory.prepare();
        Settings settings = invocation.settings();
        Optional<ClusterName> cluster =
                settings.clusterIsChosen() ? Optional.of(new ClusterName(settings.cluster())) : Optional.empty();
        Metrics metrics = new Metrics();
        int status = 0;
        for (Settings each : settings.ofEachRepository()) {
            try (Repository repository = invocation.repository(each)) {
                Info info = new Info(repository, invocation.backends().clock());
                metrics.add(each.repository(), info.report(cluster), info.reportWal(cluster));
            } catch (PgkeepException e) {
                metrics.down(each.repository());
                invocation.progress().warn("repository '" + each.repository() + "': " + e.getMessage());
                status = status == 0 ? e.code().exitStatus() : status;
            }
        }
        queue(settings).ifPresent(queue -> metrics.add(settings.cluster(), queue));
        metrics.lines().forEach(invocation.out()::println);
        return status;
    }

    private static Optional<ArchiveQueue> queue(Settings settings) {
        Optional<Path> data = settings.find(Options.PGDATA);
        return data.flatMap(ArchiveQueue::in);
    }
}
