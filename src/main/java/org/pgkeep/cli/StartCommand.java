package org.pgkeep.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.repository.Fence;
import org.pgkeep.repository.Owner;
import org.pgkeep.repository.Repository;
import org.pgkeep.stop.Stop;

/** {@code pgkeep start}. */
final class StartCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.START,
                        "Allows work on a cluster again that 'pgkeep stop' stopped. That it was not stopped is no error.",
                        "Without --cluster all clusters of the repository are allowed, unless the configuration names just one.")
                .withExample("pgkeep start --cluster sales", "lets backups and WAL archiving go on")
                .withStatus(ErrorCode.CLUSTER_UNKNOWN, "The repository does not know the cluster.");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.operands(page(), 0, 0);
        Settings settings = invocation.settings();
        try (Repository repository = invocation.repository()) {
            Stop stop =
                    new Stop(repository, invocation.backends().clock(), Owner.ofThisProcess(), invocation.progress());
            List<Stop.Started> started = Clusters.chosen(settings, repository).stream()
                    .map(stop::start)
                    .toList();
            if (invocation.json()) {
                JsonOutput.print(invocation.out(), json -> write(json, started));
            } else {
                started.forEach(cluster -> print(invocation, cluster));
            }
        }
        return 0;
    }

    private static void print(Invocation invocation, Stop.Started started) {
        String cluster = "cluster '" + started.cluster() + "'";
        invocation
                .out()
                .println(started.before()
                        .map(fence -> cluster + " is started; it was stopped by " + fence)
                        .orElse(cluster + " was not stopped"));
    }

    private static void write(JsonGenerator json, List<Stop.Started> clusters) throws IOException {
        json.writeArrayFieldStart("clusters");
        for (Stop.Started started : clusters) {
            json.writeStartObject();
            json.writeStringField("cluster", started.cluster().value());
            Optional<Fence> before = started.before();
            json.writeBooleanField("wasStopped", before.isPresent());
            if (before.isPresent()) {
                StopCommand.write(json, before.get());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
