package org.pgkeep.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Option;
import org.pgkeep.config.Options;
import org.pgkeep.config.Scope;

/** The reference pages, made from the table of options and the commands' own pages. */
final class ReferencePages {
    private ReferencePages() {}

    static String commands() {
        StringBuilder page = new StringBuilder();
        page.append("# Commands\n\nMade from the program: each page is what `pgkeep help COMMAND` prints.\n\n");
        for (CommandName command : CommandName.values()) {
            page.append("- [")
                    .append(command)
                    .append("](#")
                    .append(command)
                    .append("): ")
                    .append(command.summary());
            page.append('\n');
        }
        for (CommandName command : CommandName.values()) {
            page.append("\n## ").append(command).append("\n\n```text\n");
            page.append(HelpText.of(Commands.of(command, false).page(), false).stripTrailing())
                    .append("\n```\n");
        }
        return page.toString();
    }

    static String options() {
        StringBuilder page = new StringBuilder();
        page.append("""
                # Options

                Made from the program's table of options. Where an option may be set besides the command line depends on its scope:

                | scope | environment | in a file |
                |---|---|---|
                | global | yes | top level, `[command.COMMAND]` |
                | repository | yes | `[repository.NAME]` |
                | cluster | yes | `[cluster.NAME]`, `[cluster.NAME.command.COMMAND]`, `[command.COMMAND]`, top level |
                | selector | yes | no: it chooses what the files are asked for |
                | run | no | no: it belongs to one run |

                The first place that has a value wins: command line, environment, `[cluster.NAME.command.COMMAND]`, `[cluster.NAME]`,
                `[command.COMMAND]`, `[repository.NAME]`, top level, default. `pgkeep config` prints what is in force and why. Unknown
                names are errors, in files and among variables that begin with `PGKEEP_`. An empty variable counts as not set. Lists
                are repeated on the command line, separated by commas in the environment, TOML lists in a file.

                A flag is switched on by `--name` and off by `--no-name`; in a file it is `true` or `false`.
                """);
        Map<String, List<Option<?>>> groups = new LinkedHashMap<>();
        for (Option<?> option : Options.ALL) {
            groups.computeIfAbsent(option.group(), _ -> new ArrayList<>()).add(option);
        }
        groups.forEach((group, options) -> {
            page.append("\n## ").append(group).append('\n');
            options.forEach(option -> append(page, option));
        });
        return page.toString();
    }

    private static void append(StringBuilder page, Option<?> option) {
        page.append("\n### ")
                .append(option.name())
                .append("\n\n")
                .append(option.sentence())
                .append(".\n\n");
        page.append("| | |\n|---|---|\n");
        if (option.secret()) {
            row(page, "command line", "never: it is a secret");
        } else {
            List<String> typed = new ArrayList<>(List.of("`--" + option.name() + "`"));
            option.aliases().forEach(alias -> typed.add("`--" + alias + "`"));
            if (!option.letter().isEmpty()) {
                typed.add("`-" + option.letter() + "`");
            }
            row(page, "command line", String.join(", ", typed));
        }
        option.variable().ifPresent(variable -> row(page, "environment", "`" + variable + "`"));
        if (option.inFile()) {
            String where = option.scope() == Scope.REPOSITORY ? " in `[repository.NAME]`" : "";
            row(page, "file", "`" + option.key() + "`" + where);
        }
        row(page, "scope", option.scope().name().toLowerCase(Locale.ROOT));
        row(page, "value", option.type().allowed() + (option.isList() ? "; may be repeated" : ""));
        row(page, "default", option.defaultText().map(text -> "`" + text + "`").orElse("none"));
        List<String> commands = new ArrayList<>();
        for (CommandName command : CommandName.values()) {
            if (option.isOf(command)) {
                commands.add("[" + command + "](commands.md#" + command + ")");
            }
        }
        row(page, "commands", String.join(", ", commands));
    }

    private static void row(StringBuilder page, String name, String value) {
        page.append("| ")
                .append(name)
                .append(" | ")
                .append(value.replace("|", "\\|"))
                .append(" |\n");
    }
}
