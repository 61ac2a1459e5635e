package org.pgkeep.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.repository.Fence;
import org.pgkeep.repository.LeaseRecord;
import org.pgkeep.repository.Owner;
import org.pgkeep.repository.Repository;
import org.pgkeep.stop.Stop;

/** {@code pgkeep stop}. */
final class StopCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.STOP,
                        "Stops work on a cluster, on all hosts that share the repository, until 'pgkeep start': no backup begins,"
                                + " nothing is removed, and archive-push refuses WAL, which PostgreSQL then keeps and offers again."
                                + " Restore, archive-get, verify and info go on: they change nothing.",
                        "Work that is running goes on to its end. With --force it is ended: a process of this host is asked to by"
                                + " SIGTERM, one of another host loses its lease and commits nothing. What it stored is taken over"
                                + " by the next backup.",
                        "While a cluster is stopped its WAL stays in pg_wal, whose disk may fill. Without --cluster all clusters of"
                                + " the repository are stopped, unless the configuration names just one.")
                .withExample("pgkeep stop --cluster sales --reason 'storage is being moved'", "lets nothing new begin")
                .withExample("pgkeep stop --force", "ends running work as well")
                .withStatus(ErrorCode.CLUSTER_UNKNOWN, "The repository does not know the cluster.");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.operands(page(), 0, 0);
        Settings settings = invocation.settings();
        try (Repository repository = invocation.repository()) {
            Stop stop =
                    new Stop(repository, invocation.backends().clock(), Owner.ofThisProcess(), invocation.progress());
            Optional<String> reason = settings.find(Options.REASON);
            boolean force = settings.get(Options.FORCE);
            List<Stop.Stopped> stopped = Clusters.chosen(settings, repository).stream()
                    .map(cluster -> stop.stop(cluster, reason, force))
                    .toList();
            if (invocation.json()) {
                JsonOutput.print(invocation.out(), json -> write(json, stopped));
            } else {
                stopped.forEach(cluster -> print(invocation, cluster));
            }
        }
        return 0;
    }

    private static void print(Invocation invocation, Stop.Stopped stopped) {
        Fence fence = stopped.fence();
        Sheet sheet = new Sheet(
                "cluster '" + stopped.cluster() + "' is " + (stopped.already() ? "stopped already" : "stopped"));
        sheet.fact("by", fence.user() + " on " + fence.owner().host());
        sheet.fact("since", BackupText.time(fence.since()));
        fence.reason().ifPresent(reason -> sheet.fact("reason", reason));
        stopped.running()
                .ifPresent(work -> sheet.fact("running", describe(work) + "; it goes on, --force would end it"));
        stopped.ended()
                .ifPresent(ended -> sheet.fact(
                        "ended",
                        describe(ended.work())
                                + switch (ended.how()) {
                                    case SIGNALLED -> "; its process was asked to end, and did";
                                    case LEASE_TAKEN -> "; its lease was taken away, it will commit nothing";
                                }));
        sheet.print(invocation.out());
    }

    private static String describe(LeaseRecord work) {
        return work.work().word() + " of " + work.owner() + " since " + BackupText.time(work.since());
    }

    private static void write(JsonGenerator json, List<Stop.Stopped> clusters) throws IOException {
        json.writeArrayFieldStart("clusters");
        for (Stop.Stopped stopped : clusters) {
            json.writeStartObject();
            json.writeStringField("cluster", stopped.cluster().value());
            json.writeBooleanField("already", stopped.already());
            write(json, stopped.fence());
            if (stopped.running().isPresent()) {
                json.writeObjectFieldStart("running");
                write(json, stopped.running().get());
                json.writeEndObject();
            }
            if (stopped.ended().isPresent()) {
                json.writeObjectFieldStart("ended");
                write(json, stopped.ended().get().work());
                json.writeStringField(
                        "how",
                        switch (stopped.ended().get().how()) {
                            case SIGNALLED -> "signalled";
                            case LEASE_TAKEN -> "lease-taken";
                        });
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** The fields of a fence, in an object that is open. */
    static void write(JsonGenerator json, Fence fence) throws IOException {
        json.writeStringField("user", fence.user());
        json.writeStringField("host", fence.owner().host());
        json.writeStringField("since", fence.since().toString());
        if (fence.reason().isPresent()) {
            json.writeStringField("reason", fence.reason().get());
        }
    }

    private static void write(JsonGenerator json, LeaseRecord work) throws IOException {
        json.writeStringField("work", work.work().word());
        json.writeStringField("host", work.owner().host());
        json.writeNumberField("process", work.owner().process());
        json.writeStringField("since", work.since().toString());
    }
}
