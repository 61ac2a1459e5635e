package org.pgkeep.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Optional;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.forget.Forget;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Freed;
import org.pgkeep.repository.Owner;
import org.pgkeep.repository.Repository;
import org.pgkeep.units.ByteCount;

/** {@code pgkeep forget}. */
final class ForgetCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.FORGET,
                        "Removes a cluster from the repository: all of its backups, its WAL, and that it was ever known. Other"
                                + " clusters and other repositories are not touched, nor are the configuration and the server.",
                        "It is refused while a backup is pinned, while other work on the cluster is running, or while a server that"
                                + " can be reached runs on it and would archive into nothing, unless --force is given. Asks on a terminal;"
                                + " elsewhere it wants --force, which also overrides all that: look with --dry-run first.",
                        "From its beginning on the cluster is stopped, for all hosts. Interrupted anywhere and run again, it comes to"
                                + " the same end.")
                .withOperands("CLUSTER")
                .withExample("pgkeep forget sales --dry-run", "says what would go, and what speaks against it")
                .withExample("pgkeep forget sales", "asks, then removes it")
                .withStatus(ErrorCode.CLUSTER_UNKNOWN, "The repository holds nothing of this cluster.")
                .withStatus(ErrorCode.SERVER_RUNNING, "A server runs on the cluster; nothing was removed.")
                .withStatus(ErrorCode.HELD, "A backup or other work on the cluster is running; nothing was removed.")
                .withStatus(ErrorCode.MUST_STAY, "A backup is pinned; nothing was removed.");
    }

    @Override
    public int run(Invocation invocation) {
        ClusterName name = name(invocation, invocation.operands(page(), 1, 1).getFirst());
        Settings settings = invocation.settings().ofCluster(name.value());
        try (Repository repository = invocation.repository(settings)) {
            Forget forget =
                    new Forget(repository, invocation.backends().clock(), Owner.ofThisProcess(), invocation.progress());
            Forget.Look look = forget.look(new Forget.Request(
                    name,
                    settings.find(Options.PGDATA),
                    () -> isKnown(settings)
                            ? Optional.of(invocation.backends().connection(settings, invocation.progress()))
                            : Optional.empty()));
            if (settings.get(Options.DRY_RUN)) {
                print(invocation, look, look.all(), true);
                return 0;
            }
            boolean force = settings.get(Options.FORCE);
            if (!force && !look.objections().isEmpty()) {
                throw look.objections().getFirst();
            }
            if (!force && !isWanted(look)) {
                invocation.out().println("nothing was removed");
                return 0;
            }
            print(invocation, look, forget.run(look, force, settings.get(Options.JOBS)), false);
        }
        return 0;
    }

    private static ClusterName name(Invocation invocation, String operand) {
        Settings settings = invocation.settings();
        boolean other = settings.find(Options.CLUSTER_NAME)
                .filter(typed -> !typed.equals(operand))
                .isPresent();
        if (other) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    "'" + operand + "' and --cluster " + settings.cluster() + " are two clusters",
                    "Name the one that is to go, once.");
        }
        return ClusterName.parse(operand)
                .orElseThrow(
                        () -> new PgkeepException(ErrorCode.USAGE, "'" + operand + "' is not the name of a cluster"));
    }

    /** Whether anything says where its server is: otherwise another one would be asked. */
    private static boolean isKnown(Settings settings) {
        return settings.find(Options.PGDATA).isPresent()
                || settings.find(Options.HOST).isPresent()
                || settings.find(Options.PORT).isPresent();
    }

    private static boolean isWanted(Forget.Look look) {
        if (!Prompt.isPossible()) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    "cluster '" + look.cluster() + "' with " + amount(look)
                            + " would be removed, and nobody is at a terminal to be asked",
                    "Look with --dry-run, then give --force.");
        }
        return Prompt.agrees(
                "Remove cluster '" + look.cluster() + "' with " + amount(look) + "? Nothing brings them back. [y/N] ");
    }

    private static String amount(Forget.Look look) {
        return BackupText.count(look.backups(), "backup") + " and WAL, "
                + ByteCount.print(look.all().bytes());
    }

    private static void print(Invocation invocation, Forget.Look look, Freed freed, boolean dryRun) {
        if (invocation.json()) {
            JsonOutput.print(invocation.out(), json -> write(json, look, freed, dryRun));
            return;
        }
        Sheet sheet = new Sheet("cluster '" + look.cluster() + "' " + (dryRun ? "would be forgotten" : "is forgotten"));
        sheet.fact("backups", Long.toString(look.backups()));
        sheet.fact(
                "WAL",
                BackupText.count(look.wal().objects(), "file") + ", "
                        + ByteCount.print(look.wal().bytes()));
        sheet.fact("in all", BackupText.count(freed.objects(), "object") + ", " + ByteCount.print(freed.bytes()));
        if (dryRun) {
            sheet.facts(
                    "against it",
                    look.objections().stream()
                            .map(objection -> String.valueOf(objection.getMessage()))
                            .toList());
        }
        sheet.print(invocation.out());
    }

    private static void write(JsonGenerator json, Forget.Look look, Freed freed, boolean dryRun) throws IOException {
        json.writeStringField("cluster", look.cluster().value());
        json.writeBooleanField("dryRun", dryRun);
        json.writeNumberField("backups", look.backups());
        json.writeNumberField("walFiles", look.wal().objects());
        json.writeNumberField("walBytes", look.wal().bytes());
        json.writeNumberField("objects", freed.objects());
        json.writeNumberField("bytes", freed.bytes());
        json.writeArrayFieldStart("objections");
        for (PgkeepException objection : look.objections()) {
            json.writeStartObject();
            json.writeStringField("code", objection.code().name());
            json.writeStringField("message", String.valueOf(objection.getMessage()));
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
