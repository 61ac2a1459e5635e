package org.pgkeep.cli;

import java.util.List;
import java.util.Optional;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Options;
import org.pgkeep.config.Origin;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.setup.Init;
import org.pgkeep.setup.ServerSetting;
import org.pgkeep.storage.Storage;

/** {@code pgkeep init}. */
final class InitCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.INIT,
                        "Makes the repository if there is none, registers the cluster in it by its system identifier and version,"
                                + " and prints the lines that postgresql.conf needs so that WAL is archived there. With --apply the"
                                + " server is told by ALTER SYSTEM. May be repeated: what is right stays as it is.",
                        "A stopped cluster is registered by its pg_control.",
                        "With --encrypt a new repository is sealed: everything in it is encrypted and authenticated. It cannot be"
                                + " sealed later, nor unsealed. Servers open it best with a key file: opening with a passphrase"
                                + " takes a second of processor time, and archive_command does it for each segment.")
                .withExample(
                        "pgkeep init --pgdata /var/lib/postgresql/17/main --repo-path /backup",
                        "prepares /backup and prints the lines")
                .withExample("pgkeep init --cluster sales --apply", "sets them as well, for a configured cluster")
                .withExample(
                        "pgkeep init --pgdata DIR --repo-path /backup --encrypt --key-file /etc/pgkeep/backup.key",
                        "makes the key file and a sealed repository")
                .withStatus(ErrorCode.CONNECT, "The server cannot be reached.")
                .withStatus(
                        ErrorCode.CLUSTER_MISMATCH,
                        "Server, data directory and repository are not of the same cluster.")
                .withStatus(ErrorCode.REPOSITORY_FOREIGN, "The directory holds something else.");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.operands(page(), 0, 0);
        Settings settings = invocation.settings();
        Keys keys = new Keys(settings);
        settings.find(Options.PGDATA).ifPresent(pgdata -> Apart.require(settings, pgdata));
        Init.Request request = new Init.Request(
                new ClusterName(settings.cluster()),
                settings.find(Options.PGDATA),
                invocation.backends().connection(settings, invocation.progress()),
                OwnCommand.push(settings),
                settings.get(Options.ENCRYPT) ? Optional.of(keys::forNew) : Optional.empty(),
                settings.get(Options.APPLY));
        try (Storage storage = invocation.backends().storageOrNew(settings)) {
            Init.Result result =
                    new Init(storage, invocation.backends().clock(), keys, invocation.progress()).run(request);
            if (result.keyId().isPresent()) {
                warnOfArchiving(invocation);
            }
            tellOfOthers(invocation);
            if (invocation.json()) {
                printJson(invocation, result);
            } else {
                printText(invocation, result);
            }
        }
        return 0;
    }

    /** Which archive-push would fail to push to, if the cluster were unknown there. */
    private static void tellOfOthers(Invocation invocation) {
        Settings settings = invocation.settings();
        List<String> others = settings.repositories().stream()
                .filter(name -> !name.equals(settings.repository()))
                .toList();
        boolean chosen = settings.origin(Options.REPOSITORY_NAME) instanceof Origin.File;
        if (!chosen && settings.repositories().contains(settings.repository()) && !others.isEmpty()) {
            invocation
                    .progress()
                    .info(
                            "WAL goes to all repositories of the configuration: the cluster must be known to each of them. Run 'pgkeep"
                                    + " init --repo NAME' for " + String.join(" and ", others)
                                    + " as well, if it was not yet");
        }
    }

    /** The server has neither this terminal nor this environment. */
    private static void warnOfArchiving(Invocation invocation) {
        Settings settings = invocation.settings();
        if (!new Keys(settings).isLasting()) {
            invocation
                    .progress()
                    .warn(
                            "archive_command will not know the passphrase: put key-file or passphrase-file into the section of"
                                    + " the repository in the configuration file, for the server's user to read");
        }
    }

    private static void printText(Invocation invocation, Init.Result result) {
        new Sheet("cluster '" + result.cluster() + "' is " + (result.clusterRegistered() ? "registered" : "known"))
                .fact("repository", result.repository() + (result.repositoryMade() ? ", made just now" : ""))
                .fact("sealed", result.keyId().map(id -> "with data key " + id).orElse("no"))
                .fact("PostgreSQL", result.majorVersion())
                .fact("system id", Long.toUnsignedString(result.systemIdentifier()))
                .print(invocation.out());
        List<ServerSetting> wrong =
                result.settings().stream().filter(setting -> !setting.right()).toList();
        invocation.out().println();
        if (result.repositoryMade() && result.keyId().isPresent()) {
            invocation
                    .out()
                    .println("Keep copies of the key and of " + result.repository()
                            + "/repository.json elsewhere: without both, nothing can be restored.");
            invocation.out().println();
        }
        if (wrong.isEmpty()) {
            invocation.out().println("The server's settings are right. Next: pgkeep check");
            return;
        }
        invocation
                .out()
                .println(
                        result.applied()
                                ? "Set by ALTER SYSTEM:"
                                : "Put into postgresql.conf, or run 'pgkeep init --apply':");
        invocation.out().println();
        wrong.forEach(setting -> {
            setting.current()
                    .filter(current -> setting.name().equals("archive_command") && !current.isEmpty())
                    .ifPresent(current -> invocation.out().println("# it was: " + current));
            invocation.out().println(setting.line());
        });
        invocation.out().println();
        invocation
                .out()
                .println(
                        result.needsRestart()
                                ? "Then restart the server: it begins to archive only then. Next: pgkeep check"
                                : "Then reload the server's configuration. Next: pgkeep check");
    }

    private static void printJson(Invocation invocation, Init.Result result) {
        JsonOutput.print(invocation.out(), json -> {
            json.writeStringField("cluster", result.cluster().value());
            json.writeBooleanField("clusterRegistered", result.clusterRegistered());
            json.writeStringField("repository", result.repository());
            json.writeBooleanField("repositoryMade", result.repositoryMade());
            json.writeBooleanField("sealed", result.keyId().isPresent());
            if (result.keyId().isPresent()) {
                json.writeStringField("keyId", result.keyId().get());
            }
            json.writeStringField("version", result.majorVersion());
            json.writeStringField("systemIdentifier", Long.toUnsignedString(result.systemIdentifier()));
            json.writeBooleanField("applied", result.applied());
            json.writeBooleanField("needsRestart", result.needsRestart());
            json.writeArrayFieldStart("settings");
            for (ServerSetting setting : result.settings()) {
                json.writeStartObject();
                json.writeStringField("name", setting.name());
                json.writeStringField("value", setting.value());
                if (setting.current().isPresent()) {
                    json.writeStringField("current", setting.current().get());
                }
                json.writeBooleanField("right", setting.right());
                json.writeBooleanField("needsRestart", setting.needsRestart());
                json.writeStringField("line", setting.line());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }
}
