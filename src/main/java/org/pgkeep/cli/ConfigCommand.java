package org.pgkeep.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Setting;
import org.pgkeep.config.Settings;

/** {@code pgkeep config}. */
final class ConfigCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.CONFIG,
                        "Prints every option that files or environment can set, the value in force for the chosen cluster and"
                                + " repository, and where it came from. Secrets are shown as " + Setting.MASK + ".",
                        "A value is taken from the first of these places that has one: the command line; the environment; the"
                                + " configuration file, there first [cluster.NAME.command.COMMAND], then [cluster.NAME],"
                                + " [command.COMMAND], [repository.NAME] and the top level; the default.",
                        "The configuration file is the one that --config or PGKEEP_CONFIG names, else"
                                + " ~/.config/pgkeep/pgkeep.toml, else /etc/pgkeep/pgkeep.toml. The files pgkeep.d/*.toml beside"
                                + " it are read after it, in the order of their names, as if they were one file with it.")
                .withExample("pgkeep config", "prints what a command without options would use")
                .withExample("pgkeep config --cluster sales --output json", "the same for one cluster, for programs");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.operands(page(), 0, 0);
        Settings settings = invocation.settings();
        if (invocation.json()) {
            JsonOutput.print(invocation.out(), json -> writeJson(json, settings));
        } else {
            printText(invocation, settings);
        }
        return 0;
    }

    private static void printText(Invocation invocation, Settings settings) {
        invocation.out().println("cluster     " + settings.cluster() + others(settings.clusters(), settings.cluster()));
        invocation
                .out()
                .println("repository  " + settings.repository()
                        + others(settings.repositories(), settings.repository()));
        invocation.out().println("files       " + (settings.files().isEmpty() ? "none" : joined(settings.files())));
        invocation.out().println();
        Table table = new Table("OPTION", "VALUE", "FROM");
        for (Setting setting : settings.all()) {
            boolean isSet = setting.text().isPresent();
            table.row(
                    setting.option().name(),
                    setting.text().orElse("-"),
                    isSet ? setting.origin().toString() : "not set");
        }
        table.print(invocation.out());
    }

    private static String joined(List<Path> files) {
        StringBuilder text = new StringBuilder();
        for (Path file : files) {
            text.append(text.isEmpty() ? "" : ", ").append(file);
        }
        return text.toString();
    }

    private static String others(List<String> all, String chosen) {
        List<String> others = all.stream().filter(name -> !name.equals(chosen)).toList();
        return others.isEmpty() ? "" : " (also configured: " + String.join(", ", others) + ")";
    }

    private static void writeJson(JsonGenerator json, Settings settings) throws IOException {
        json.writeStringField("cluster", settings.cluster());
        json.writeStringField("repository", settings.repository());
        writeTexts(json, "files", settings.files().stream().map(Path::toString).toList());
        writeTexts(json, "clusters", settings.clusters());
        writeTexts(json, "repositories", settings.repositories());
        json.writeArrayFieldStart("options");
        for (Setting setting : settings.all()) {
            json.writeStartObject();
            json.writeStringField("name", setting.option().name());
            if (setting.text().isPresent()) {
                json.writeStringField("value", setting.text().get());
                json.writeStringField("from", setting.origin().toString());
            } else {
                json.writeNullField("value");
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeTexts(JsonGenerator json, String field, List<String> texts) throws IOException {
        json.writeArrayFieldStart(field);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }
}
