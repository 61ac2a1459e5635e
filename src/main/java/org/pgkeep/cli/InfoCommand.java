package org.pgkeep.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.linux.LinuxDirectory;
import org.pgkeep.report.BackupDetail;
import org.pgkeep.report.Info;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Repository;
import org.pgkeep.terminal.Display;

/** {@code pgkeep info}. */
final class InfoCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.INFO,
                        "Says for each cluster what the newest moment is that can be restored, what is wrong, and between which"
                                + " moments it can be brought back; then what runs or was cut off, and the newest backups with"
                                + " their sizes.",
                        "SIZE is what the cluster had, STORED what the backup added to the repository, SHARED what it uses of other"
                                + " backups, UNIQUE what would be freed if it were deleted.",
                        "Without --cluster all clusters are listed, unless the configuration names just one; without --repo all"
                                + " repositories of the configuration. With --backup one backup is told with its databases,"
                                + " tablespaces, warnings and damaged pages; with --wal the archived WAL, by timeline. --output=json"
                                + " is described by docs/reference/info.schema.json.")
                .withExample("pgkeep info --repo-path /backup", "lists what is in /backup")
                .withExample("pgkeep info --cluster sales --output json", "tells a program about one cluster")
                .withExample("pgkeep info --backup 20261121-203000F", "tells everything about one backup")
                .withExample("pgkeep info --wal", "lists the archived WAL and its gaps")
                .withStatus(ErrorCode.REPOSITORY_MISSING, "There is no repository.")
                .withStatus(ErrorCode.CLUSTER_UNKNOWN, "The repository does not know the cluster.")
                .withStatus(ErrorCode.BACKUP_UNKNOWN, "There is no backup of this label or name.")
                .withStatus(ErrorCode.DAMAGED, "The record of the backup asked for cannot be read.");
    }

    /** What became of one of several repositories: a document of its own for each, so that one that fails hides no other. */
    private record Answer<T>(String name, Optional<T> value, Optional<PgkeepException> failure) {}

    @Override
    public int run(Invocation invocation) {
        invocation.operands(page(), 0, 0);
        LinuxDirectory.prepare();
        Settings settings = invocation.settings();
        Optional<String> backup = settings.find(Options.BACKUP_LABEL);
        boolean wal = settings.find(Options.WAL).orElse(false);
        if (backup.isPresent() && wal) {
            throw new PgkeepException(ErrorCode.USAGE, "--backup and --wal exclude each other", "Give one of them.");
        }
        if (backup.isPresent()) {
            return printBackup(invocation, new ClusterName(settings.cluster()), backup.get());
        }
        Optional<ClusterName> cluster =
                settings.clusterIsChosen() ? Optional.of(new ClusterName(settings.cluster())) : Optional.empty();
        return wal ? printWal(invocation, cluster) : printAll(invocation, cluster);
    }

    private static int printAll(Invocation invocation, Optional<ClusterName> cluster) {
        List<Answer<Info.RepositoryReport>> answers = ask(invocation, info -> info.report(cluster));
        BackupTable.Look look = look(invocation.settings());
        if (invocation.json()) {
            printJson(invocation, answers, InfoJson::write);
        } else {
            printText(invocation, answers, report -> InfoText.print(invocation.out(), report, look));
        }
        return status(answers);
    }

    private static BackupTable.Look look(Settings settings) {
        if (settings.get(Options.TREE)) {
            return BackupTable.Look.TREE;
        }
        return settings.get(Options.ALL_BACKUPS) ? BackupTable.Look.ALL : BackupTable.Look.NEWEST;
    }

    private static int printWal(Invocation invocation, Optional<ClusterName> cluster) {
        List<Answer<Info.RepositoryWal>> answers = ask(invocation, info -> info.reportWal(cluster));
        if (invocation.json()) {
            printJson(invocation, answers, WalJson::write);
        } else {
            printText(invocation, answers, report -> WalText.print(invocation.out(), report));
        }
        return status(answers);
    }

    /** From the first repository that has it. */
    private static int printBackup(Invocation invocation, ClusterName cluster, String backup) {
        List<Answer<BackupDetail>> answers = ask(invocation, info -> info.report(cluster, backup));
        BackupDetail detail = answers.stream()
                .flatMap(answer -> answer.value.stream())
                .findFirst()
                .orElseThrow(() -> answers.getFirst().failure.orElseThrow());
        if (invocation.json()) {
            JsonOutput.print(invocation.out(), json -> BackupDetailJson.write(json, detail));
        } else {
            BackupDetailText.print(invocation.out(), detail);
        }
        return 0;
    }

    /** Asks each repository; if there is only one, its error is the command's. */
    private static <T> List<Answer<T>> ask(Invocation invocation, Function<Info, T> question) {
        List<Answer<T>> answers = new ArrayList<>();
        List<Settings> each = invocation.settings().ofEachRepository();
        for (Settings settings : each) {
            try (Repository repository = invocation.repository(settings)) {
                Info info = new Info(repository, invocation.backends().clock());
                answers.add(new Answer<>(settings.repository(), Optional.of(question.apply(info)), Optional.empty()));
            } catch (PgkeepException e) {
                if (each.size() == 1) {
                    throw e;
                }
                answers.add(new Answer<>(settings.repository(), Optional.empty(), Optional.of(e)));
            }
        }
        return answers;
    }

    /** Writes the fields of one repository. */
    private interface Fields<T> {
        void write(JsonGenerator json, T value) throws IOException;
    }

    private static <T> void printJson(Invocation invocation, List<Answer<T>> answers, Fields<T> fields) {
        JsonOutput.print(invocation.out(), json -> {
            json.writeArrayFieldStart("repositories");
            for (Answer<T> answer : answers) {
                json.writeStartObject();
                json.writeStringField("name", answer.name);
                if (answer.value.isPresent()) {
                    fields.write(json, answer.value.get());
                }
                if (answer.failure.isPresent()) {
                    JsonOutput.writeError(json, answer.failure.get());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    private static <T> void printText(Invocation invocation, List<Answer<T>> answers, Consumer<T> print) {
        boolean first = true;
        for (Answer<T> answer : answers) {
            if (!first) {
                invocation.out().println();
            }
            first = false;
            answer.value.ifPresent(print);
            answer.failure.ifPresent(
                    e -> invocation.out().println("repository '" + answer.name + "': " + Display.forPeople(e)));
        }
    }

    /** The first error, if a repository could not be told about. */
    private static <T> int status(List<Answer<T>> answers) {
        return answers.stream()
                .flatMap(answer -> answer.failure.stream())
                .findFirst()
                .map(e -> e.code().exitStatus())
                .orElse(0);
    }
}
