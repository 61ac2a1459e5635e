package org.pgkeep.config;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.Nearest;
import org.pgkeep.error.PgkeepException;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/** Reads one configuration file into entries; everything in it must be known. */
final class TomlFile {
    private static final List<String> SECTIONS = List.of("repository", "cluster", "command");

    private final Path file;
    private final List<FileEntry> entries = new ArrayList<>();
    private final List<Section> sections = new ArrayList<>();

    private TomlFile(Path file) {
        this.file = file;
    }

    /**
     * Reads the file.
     *
     * @throws PgkeepException {@code CONFIG}, {@code PATH_MISSING} or {@code PERMISSION}, naming file and line
     */
    static TomlFile read(Path file) {
        TomlFile reader = new TomlFile(file);
        TomlParseResult root = Toml.parse(reader.text());
        if (root.hasErrors()) {
            TomlParseError error = root.errors().getFirst();
            throw new PgkeepException(
                    ErrorCode.CONFIG,
                    file + ":" + error.position().line() + ": " + lowerFirst(String.valueOf(error.getMessage())),
                    "The file must be TOML: name = value, with texts in quotes.");
        }
        reader.readTop(root);
        return reader;
    }

    /** The entries, in the file's order. */
    List<FileEntry> entries() {
        return entries;
    }

    /** The sections, in the file's order. */
    List<Section> sections() {
        return sections;
    }

    private String text() {
        if (Files.isDirectory(file)) {
            throw new PgkeepException(ErrorCode.CONFIG, "configuration file " + file + " is a directory");
        }
        try {
            return Files.readString(file);
        } catch (MalformedInputException e) {
            throw new PgkeepException(ErrorCode.CONFIG, "configuration file " + file + " is not UTF-8 text")
                    .causedBy(e);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.CONFIG, "read configuration file " + file, e);
        }
    }

    private static String lowerFirst(String message) {
        return message.isEmpty() ? message : Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }

    private void readTop(TomlTable root) {
        for (String key : keys(root)) {
            Object value = value(root, key);
            switch (key) {
                case "repository" -> readNamed(root, key, value, this::readRepository);
                case "cluster" -> readNamed(root, key, value, this::readCluster);
                case "command" -> readNamed(root, key, value, this::readCommand);
                default -> readKey(new Section.Top(), root, key, value);
            }
        }
    }

    private interface SectionReader {
        void read(TomlTable parent, String name, TomlTable table);
    }

    private void readNamed(TomlTable parent, String key, Object value, SectionReader reader) {
        if (!(value instanceof TomlTable tables)) {
            throw error(line(parent, key), "'" + key + "' must be a section", "Write it as [" + key + ".NAME].");
        }
        for (String name : keys(tables)) {
            if (!(tables.get(List.of(name)) instanceof TomlTable table)) {
                throw error(
                        line(tables, name),
                        "'" + name + "' is not an option of [" + key + "]",
                        "Name the " + key + ": [" + key + ".NAME].");
            }
            reader.read(tables, name, table);
        }
    }

    private void readRepository(TomlTable parent, String name, TomlTable table) {
        readSection(new Section.Repository(checkedName(parent, name, "repository")), table);
    }

    private void readCluster(TomlTable parent, String name, TomlTable table) {
        Section section = new Section.Cluster(checkedName(parent, name, "cluster"));
        sections.add(section);
        for (String key : keys(table)) {
            Object value = value(table, key);
            if (key.equals("command")) {
                readNamed(
                        table,
                        key,
                        value,
                        (within, command, options) ->
                                readSection(new Section.ClusterCommand(name, commandNamed(within, command)), options));
            } else {
                readKey(section, table, key, value);
            }
        }
    }

    private void readCommand(TomlTable parent, String name, TomlTable table) {
        readSection(new Section.Command(commandNamed(parent, name)), table);
    }

    private void readSection(Section section, TomlTable table) {
        sections.add(section);
        for (String key : keys(table)) {
            readKey(section, table, key, value(table, key));
        }
    }

    private String checkedName(TomlTable parent, String name, String kind) {
        OptionType.Name type = new OptionType.Name();
        return type.parse(name)
                .orElseThrow(() -> error(
                        line(parent, name), kind + " name '" + name + "' must be " + type.allowed(), "Rename it."));
    }

    private CommandName commandNamed(TomlTable parent, String name) {
        return CommandName.of(name)
                .orElseThrow(() -> error(
                        line(parent, name),
                        "unknown command '" + name + "'",
                        Nearest.to(name, CommandName.texts())
                                .map(near -> "Did you mean '" + near + "'?")
                                .orElse("'pgkeep help' lists the commands.")));
    }

    private void readKey(Section section, TomlTable table, String key, Object value) {
        if (value instanceof TomlTable group && isGroup(key)) {
            for (String inner : keys(group)) {
                readOption(section, key + "." + inner, value(group, inner), line(group, inner));
            }
        } else {
            readOption(section, key, value, line(table, key));
        }
    }

    /** Whether there are options of this group: {@code retention.full}, or {@code full} under {@code retention}. */
    private static boolean isGroup(String key) {
        return Options.ALL.stream().anyMatch(option -> option.key().startsWith(key + "."));
    }

    private void readOption(Section section, String key, Object value, int line) {
        for (Option<?> option : Options.ALL) {
            if (section.holds(option) && option.key().equals(key)) {
                entries.add(new FileEntry(section, option, written(option, value, line), file, line));
                return;
            }
        }
        throw unknownKey(section, key, value, line);
    }

    private PgkeepException unknownKey(Section section, String key, Object value, int line) {
        Optional<Option<?>> elsewhere = elsewhere(key);
        if (elsewhere.isPresent()) {
            String home = Section.homeOf(elsewhere.get())
                    .map(place -> "It belongs in " + place + ".")
                    .orElse("Give it on the command line.");
            return error(line, "'" + key + "' may not stand in " + section.place(), home);
        }
        List<String> known = new ArrayList<>(section instanceof Section.Top ? SECTIONS : List.of());
        for (Option<?> option : Options.ALL) {
            if (section.holds(option)) {
                known.add(option.key());
            }
        }
        String shown = value instanceof TomlTable inner && !inner.isEmpty()
                ? key + "." + keys(inner).getFirst()
                : key;
        return error(
                line,
                "unknown option '" + shown + "' in " + section.place(),
                Nearest.to(key, known)
                        .map(near -> "Did you mean '" + near + "'?")
                        .orElse("'pgkeep help config' lists what may stand there."));
    }

    private static Optional<Option<?>> elsewhere(String key) {
        for (Option<?> option : Options.ALL) {
            if (option.key().equals(key) || option.name().equals(key)) {
                return Optional.of(option);
            }
        }
        return Optional.empty();
    }

    private Written written(Option<?> option, Object value, int line) {
        Written written = written(value);
        if (!option.type().takes(written)) {
            throw error(
                    line,
                    "'" + option.key() + "' must be " + option.type().allowed() + ", not "
                            + (option.secret() ? "what is there" : written.found()),
                    hintFor(option, written));
        }
        return written;
    }

    private static String hintFor(Option<?> option, Written written) {
        boolean quotedByMistake = written.kind() == Written.Kind.TEXT
                && option.type().parse(written.texts().getFirst()).isPresent();
        return quotedByMistake ? "Write it without quotes." : "See 'pgkeep help config'.";
    }

    private static Written written(Object value) {
        return switch (value) {
            case String text -> Written.text(text);
            case Long number -> new Written(Written.Kind.NUMBER, List.of(number.toString()));
            case Boolean truth -> new Written(Written.Kind.TRUTH, List.of(truth.toString()));
            case TomlArray array when onlyTexts(array) -> new Written(Written.Kind.LIST, texts(array));
            default -> new Written(Written.Kind.OTHER, List.of(shown(value)));
        };
    }

    private static boolean onlyTexts(TomlArray array) {
        for (int i = 0; i < array.size(); i++) {
            if (!(array.get(i) instanceof String)) {
                return false;
            }
        }
        return true;
    }

    private static List<String> texts(TomlArray array) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            texts.add(array.getString(i));
        }
        return texts;
    }

    private static String shown(Object value) {
        return switch (value) {
            case TomlArray array -> array.toList().toString();
            case TomlTable _ -> "a table";
            default -> value.toString();
        };
    }

    /** The keys in the order in which they stand in the file. */
    private static List<String> keys(TomlTable table) {
        List<String> keys = new ArrayList<>(table.keySet());
        keys.sort((a, b) -> Integer.compare(line(table, a), line(table, b)));
        return keys;
    }

    private static Object value(TomlTable table, String key) {
        return Objects.requireNonNull(table.get(List.of(key)));
    }

    private static int line(TomlTable table, String key) {
        return Objects.requireNonNull(table.inputPositionOf(List.of(key))).line();
    }

    private PgkeepException error(int line, String message, String hint) {
        return new PgkeepException(ErrorCode.CONFIG, file + ":" + line + ": " + message, hint);
    }
}
