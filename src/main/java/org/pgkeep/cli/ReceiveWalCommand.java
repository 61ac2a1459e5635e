package org.pgkeep.cli;

import java.util.Optional;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.receive.Receive;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Repository;

/** {@code pgkeep receive-wal}. */
final class ReceiveWalCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.RECEIVE_WAL,
                        "Streams WAL from a server into the repository while it is written, until a signal ends it: whole segments"
                                + " as archive-push stores them, the one that fills in pieces, so that a crash of the server loses"
                                + " seconds of work, and nothing at all where commits wait for it: name it in"
                                + " synchronous_standby_names. What it confirms to the server is durable in the repository.",
                        "Of several servers (--host A,B,C) it takes the one on the newest timeline, so it follows a failover. It goes"
                                + " on where the repository ends, also after kill -9. With --slot the server keeps WAL that is not"
                                + " in the repository yet; without, WAL may be gone when it comes back. What is lost then is told, and"
                                + " streaming goes on behind it, unless archive_command brought it.",
                        "archive_command may run beside it, and several receivers at once: equal WAL is stored once.",
                        "The role needs the attribute REPLICATION, and pg_hba.conf a line for the database replication.")
                .withExample("pgkeep receive-wal --cluster sales --slot pgkeep", "streams, as a service does")
                .withExample(
                        "pgkeep receive-wal --host db1,db2:5433 --slot pgkeep --synchronous",
                        "from two servers, making each commit durable at once")
                .withExample("pgkeep receive-wal --slot pgkeep --drop-slot", "when it is not to run again")
                .withStatus(ErrorCode.CONNECT, "With --no-loop: no server can be reached, or the connection was lost.")
                .withStatus(ErrorCode.CLUSTER_MISMATCH, "A server is of another cluster than the repository's.")
                .withStatus(ErrorCode.CONFLICT, "The server sends other WAL than is stored under the same name.")
                .withStatus(ErrorCode.STOPPED, "Work on the cluster was stopped with 'pgkeep stop'.");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.operands(page(), 0, 0);
        Settings settings = invocation.settings();
        try (Repository repository = invocation.repository()) {
            Receive receive = new Receive(repository, invocation.progress());
            if (settings.get(Options.DROP_SLOT)) {
                dropSlot(invocation, receive);
                return 0;
            }
            tell(invocation, receive.run(request(invocation)));
        }
        return 0;
    }

    private static Receive.Request request(Invocation invocation) {
        Settings settings = invocation.settings();
        return new Receive.Request(
                new ClusterName(settings.cluster()),
                invocation.backends().connections(settings, invocation.progress()),
                settings.get(Options.APPLICATION_NAME),
                slot(settings),
                settings.get(Options.CREATE_SLOT),
                settings.get(Options.SYNCHRONOUS),
                settings.get(Options.FLUSH_INTERVAL),
                settings.get(Options.FLUSH_SIZE),
                WalCompression.of(settings),
                settings.get(Options.WAL_SUMMARIES),
                settings.get(Options.LOOP),
                settings.get(Options.TEMPORARY));
    }

    private static Optional<String> slot(Settings settings) {
        Optional<String> slot = settings.find(Options.SLOT);
        slot.filter(name -> !Receive.isSlotName(name)).ifPresent(name -> {
            throw new PgkeepException(
                    ErrorCode.CONFIG,
                    "'" + name + "' is not a name for a replication slot",
                    "Use at most 63 lower-case letters, digits and underscores.");
        });
        return slot;
    }

    private static void dropSlot(Invocation invocation, Receive receive) {
        String slot = slot(invocation.settings())
                .orElseThrow(() ->
                        new PgkeepException(ErrorCode.USAGE, "--drop-slot needs a slot", "Name it with --slot NAME."));
        boolean dropped = receive.dropSlot(request(invocation), slot);
        if (invocation.json()) {
            JsonOutput.print(invocation.out(), json -> {
                json.writeStringField("slot", slot);
                json.writeBooleanField("dropped", dropped);
            });
        } else {
            invocation.out().println(dropped ? "dropped replication slot " + slot : "there is no slot " + slot);
        }
    }

    private static void tell(Invocation invocation, Optional<Lsn> end) {
        if (invocation.json()) {
            JsonOutput.print(invocation.out(), json -> {
                json.writeStringField("cluster", invocation.settings().cluster());
                if (end.isPresent()) {
                    json.writeStringField("end", end.get().toString());
                }
            });
        } else {
            invocation.out().println(end.map(lsn -> "received WAL up to " + lsn).orElse("received no WAL"));
        }
    }
}
