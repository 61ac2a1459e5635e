package org.pgkeep.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Option;
import org.pgkeep.config.Options;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;

/** The pages that {@code help} prints, laid out by picocli like a manual page. */
final class HelpText {
    private static final int COLUMNS = 100;
    private static final String INDENT = "       ";

    private HelpText() {}

    /** One command's page. */
    static String of(CommandPage page, boolean bold) {
        CommandSpec spec = Picocli.specification().name("pgkeep " + page.command());
        spec.usageMessage()
                .width(COLUMNS)
                .sortOptions(false)
                .sortSynopsis(false)
                .abbreviateSynopsis(true)
                .headerHeading("@|bold NAME|@%n")
                .header(INDENT + "pgkeep " + page.command() + " - "
                        + text(firstLower(page.command().summary())))
                .synopsisHeading("%n@|bold SYNOPSIS|@%n" + INDENT)
                .customSynopsis(text(page.synopsis()))
                .descriptionHeading("%n@|bold DESCRIPTION|@%n")
                .description(paragraphs(page.description()))
                .footer(footer(page));
        int order = 0;
        for (Map.Entry<String, List<Option<?>>> group : groups(page.command()).entrySet()) {
            ArgGroupSpec.Builder builder = ArgGroupSpec.builder()
                    .validate(false)
                    .order(order++)
                    .heading("%n@|bold " + group.getKey().toUpperCase(Locale.ROOT) + "|@%n");
            group.getValue().forEach(option -> builder.addArg(Picocli.option(option, true)));
            spec.addArgGroup(builder.build());
        }
        return Picocli.commandLine(spec).getUsageMessage(bold ? Ansi.ON : Ansi.OFF);
    }

    /** The options of a command by their headings, secrets left out: they cannot be typed. */
    static Map<String, List<Option<?>>> groups(CommandName command) {
        Map<String, List<Option<?>>> groups = new LinkedHashMap<>();
        for (Option<?> option : Options.of(command)) {
            if (!option.secret()) {
                groups.computeIfAbsent(option.group(), _ -> new ArrayList<>()).add(option);
            }
        }
        return groups;
    }

    private static String[] paragraphs(List<String> paragraphs) {
        List<String> lines = new ArrayList<>();
        for (String paragraph : paragraphs) {
            if (!lines.isEmpty()) {
                lines.add("");
            }
            lines.addAll(wrapped(paragraph, INDENT));
        }
        return lines.stream().map(HelpText::text).toArray(String[]::new);
    }

    private static String[] footer(CommandPage page) {
        List<String> lines = new ArrayList<>();
        if (!page.examples().isEmpty()) {
            lines.add("%n@|bold EXAMPLES|@");
            for (CommandPage.Example example : page.examples()) {
                wrapped(firstUpper(example.meaning()) + ":", INDENT).forEach(line -> lines.add(text(line)));
                lines.add(text(INDENT + "  " + example.line()));
            }
        }
        lines.add("%n@|bold EXIT STATUS|@");
        for (CommandPage.ExitStatus status : page.allStatuses()) {
            String number = Integer.toString(status.status());
            String indent = INDENT + "    ";
            List<String> wrapped = wrapped(status.meaning(), indent);
            wrapped.set(
                    0,
                    INDENT
                            + number
                            + " ".repeat(4 - number.length())
                            + wrapped.getFirst().strip());
            wrapped.forEach(line -> lines.add(text(line)));
        }
        wrapped("All others are listed in docs/exit-statuses.md.", INDENT).forEach(line -> lines.add(text(line)));
        lines.addAll(surroundings());
        return lines.toArray(String[]::new);
    }

    private static List<String> surroundings() {
        List<String> lines = new ArrayList<>();
        lines.add("%n@|bold FILES|@");
        lines.add(INDENT + "~/.config/pgkeep/pgkeep.toml, else /etc/pgkeep/pgkeep.toml");
        lines.addAll(
                wrapped("Configuration, with pgkeep.d/*.toml beside it; see 'pgkeep help config'.", INDENT + "    "));
        lines.add("%n@|bold ENVIRONMENT|@");
        lines.add(INDENT + "PGKEEP_CONFIG, PGKEEP_REPO_PATH, PGKEEP_JOBS, ...");
        lines.addAll(wrapped(
                "Options by their names; lists separated by commas. The command line wins over them, they win over files.",
                INDENT + "    "));
        lines.add(INDENT + "PGHOST, PGPORT, PGUSER, PGDATABASE, PGPASSFILE, PGSERVICE, PGSSLMODE, ...");
        lines.addAll(wrapped("As for every PostgreSQL client, where a connection is made.", INDENT + "    "));
        return lines;
    }

    /** The page about pgkeep itself. */
    static String overview(boolean bold) {
        StringBuilder text = new StringBuilder();
        text.append("pgkeep backs up PostgreSQL clusters and brings them back.\n\n");
        text.append("Usage: pgkeep COMMAND [OPTION]...\n\nCommands:\n");
        for (CommandName command : CommandName.values()) {
            String name = command.alias().isEmpty() ? command.text() : command.text() + ", " + command.alias();
            text.append("  ")
                    .append(name)
                    .append(" ".repeat(18 - name.length()))
                    .append(command.summary())
                    .append('\n');
        }
        text.append("\n'pgkeep help COMMAND' or 'pgkeep COMMAND --help' explains a command.\n\nA first backup:\n");
        text.append("  pgkeep init   --pgdata DIR --repo-path DIR --apply\n");
        text.append("  pgkeep backup --pgdata DIR --repo-path DIR\n");
        text.append("Bring it back, up to a moment:\n");
        text.append("  pgkeep restore --pgdata NEWDIR --repo-path DIR --target-time '2026-11-21 20:30:00+01'\n");
        String plain = text.toString();
        return bold ? plain.replace("Commands:", "\033[1mCommands:\033[22m") : plain;
    }

    /** The lines of a paragraph, broken at spaces. */
    private static List<String> wrapped(String paragraph, String indent) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(indent);
        for (String word : paragraph.split(" ")) {
            if (line.length() + word.length() + 1 > COLUMNS && line.length() > indent.length()) {
                lines.add(line.toString());
                line = new StringBuilder(indent);
            }
            line.append(line.length() > indent.length() ? " " : "").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    /** picocli treats texts as formats. */
    private static String text(String text) {
        return text.replace("%", "%%");
    }

    private static String firstLower(String text) {
        return Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }

    private static String firstUpper(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
