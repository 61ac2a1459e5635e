package org.pgkeep.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.ClusterRecord;
import org.pgkeep.repository.Repository;
import org.pgkeep.setup.Upgrade;

/** {@code pgkeep upgrade}. */
final class UpgradeCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.UPGRADE,
                        "Tells the repository that a cluster has become another database cluster, as pg_upgrade makes one: with"
                                + " another system identifier, and mostly a newer version. From then on backups and WAL are those of"
                                + " the new one, in places of their own, and those of the old one are refused.",
                        "What is stored stays: older backups are restored with --backup, by the PostgreSQL that they are of, and expire"
                                + " keeps the WAL that they need. The first backup afterwards is a full one. May be repeated: what is"
                                + " right stays as it is. Run it after pg_upgrade, before the new server archives; 'pgkeep init' then"
                                + " says what the new server's configuration needs.")
                .withExample(
                        "pgkeep upgrade --cluster sales", "goes on with what is now in the configured data directory")
                .withExample("pgkeep upgrade --pgdata /var/lib/postgresql/18/main", "or in this one")
                .withStatus(ErrorCode.CLUSTER_UNKNOWN, "The repository does not know the cluster.")
                .withStatus(
                        ErrorCode.CLUSTER_MISMATCH,
                        "It cannot be the successor: it is an earlier one, or its PostgreSQL is older.")
                .withStatus(ErrorCode.HELD, "A backup or other work on the cluster is running.")
                .withStatus(ErrorCode.STOPPED, "Work on the cluster is stopped.");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.operands(page(), 0, 0);
        Settings settings = invocation.settings();
        Upgrade.Request request = new Upgrade.Request(
                new ClusterName(settings.cluster()),
                settings.find(Options.PGDATA),
                invocation.backends().connection(settings, invocation.progress()),
                settings.get(Options.WAIT));
        try (Repository repository = invocation.repository().withLeaseTerm(settings.get(Options.LEASE_TERM))) {
            Upgrade.Result result = new Upgrade(repository, invocation.progress()).run(request);
            if (invocation.json()) {
                JsonOutput.print(invocation.out(), json -> write(json, result));
            } else {
                print(invocation, result);
            }
        }
        return 0;
    }

    private static void print(Invocation invocation, Upgrade.Result result) {
        Sheet sheet = new Sheet("cluster '" + result.cluster() + "' is "
                + (result.changed() ? "upgraded" : "as it was: this is its database cluster already"));
        sheet.fact("now", text(result.now()));
        if (result.changed()) {
            sheet.fact("before", text(result.before()));
        }
        sheet.print(invocation.out());
        if (result.changed()) {
            invocation.out().println();
            invocation
                    .out()
                    .println(
                            "Next: pgkeep init, which says what the new server's configuration needs, then pgkeep check"
                                    + " and pgkeep backup.");
        }
    }

    private static String text(ClusterRecord.History one) {
        return "PostgreSQL " + one.majorVersion() + ", system identifier "
                + Long.toUnsignedString(one.systemIdentifier()) + ", since " + BackupText.time(one.since());
    }

    private static void write(JsonGenerator json, Upgrade.Result result) throws IOException {
        json.writeStringField("cluster", result.cluster().value());
        json.writeBooleanField("changed", result.changed());
        json.writeNumberField("history", result.now().id());
        json.writeStringField("version", result.now().majorVersion());
        json.writeStringField(
                "systemIdentifier", Long.toUnsignedString(result.now().systemIdentifier()));
    }
}
