package org.pgkeep.config;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.Nearest;
import org.pgkeep.error.PgkeepException;

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
        String text = reader.text();
        reader.readTop(PlainToml.read(text).orElseGet(() -> FullToml.read(text, file.toString())));
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

    private void readTop(TomlItem.Table root) {
        for (Map.Entry<String, TomlItem> entry : root.items().entrySet()) {
            String key = entry.getKey();
            TomlItem item = entry.getValue();
            switch (key) {
                case "repository" -> readNamed(key, item, this::readRepository);
                case "cluster" -> readNamed(key, item, this::readCluster);
                case "command" -> readNamed(key, item, this::readCommand);
                default -> readKey(new Section.Top(), key, item);
            }
        }
    }

    private interface SectionReader {
        void read(String name, TomlItem.Table table);
    }

    private void readNamed(String key, TomlItem item, SectionReader reader) {
        if (!(item instanceof TomlItem.Table tables)) {
            throw error(item.line(), "'" + key + "' must be a section", "Write it as [" + key + ".NAME].");
        }
        for (Map.Entry<String, TomlItem> entry : tables.items().entrySet()) {
            String name = entry.getKey();
            if (!(entry.getValue() instanceof TomlItem.Table table)) {
                throw error(
                        entry.getValue().line(),
                        "'" + name + "' is not an option of [" + key + "]",
                        "Name the " + key + ": [" + key + ".NAME].");
            }
            reader.read(name, table);
        }
    }

    private void readRepository(String name, TomlItem.Table table) {
        readSection(new Section.Repository(checkedName(table.line(), name, "repository")), table);
    }

    private void readCluster(String name, TomlItem.Table table) {
        Section section = new Section.Cluster(checkedName(table.line(), name, "cluster"));
        sections.add(section);
        table.items().forEach((key, item) -> {
            if (key.equals("command")) {
                readNamed(
                        key,
                        item,
                        (command, options) -> readSection(
                                new Section.ClusterCommand(name, commandNamed(options.line(), command)), options));
            } else {
                readKey(section, key, item);
            }
        });
    }

    private void readCommand(String name, TomlItem.Table table) {
        readSection(new Section.Command(commandNamed(table.line(), name)), table);
    }

    private void readSection(Section section, TomlItem.Table table) {
        sections.add(section);
        table.items().forEach((key, item) -> readKey(section, key, item));
    }

    private String checkedName(int line, String name, String kind) {
        OptionType.Name type = new OptionType.Name();
        return type.parse(name)
                .orElseThrow(() -> error(line, kind + " name '" + name + "' must be " + type.allowed(), "Rename it."));
    }

    private CommandName commandNamed(int line, String name) {
        return CommandName.of(name)
                .orElseThrow(() -> error(
                        line,
                        "unknown command '" + name + "'",
                        Nearest.to(name, CommandName.texts())
                                .map(near -> "Did you mean '" + near + "'?")
                                .orElse("'pgkeep help' lists the commands.")));
    }

    private void readKey(Section section, String key, TomlItem item) {
        if (item instanceof TomlItem.Table group && isGroup(key)) {
            group.items().forEach((inner, of) -> readOption(section, key + "." + inner, of));
        } else {
            readOption(section, key, item);
        }
    }

    /** Whether there are options of this group: {@code retention.full}, or {@code full} under {@code retention}. */
    private static boolean isGroup(String key) {
        return Options.ALL.stream().anyMatch(option -> option.key().startsWith(key + "."));
    }

    private void readOption(Section section, String key, TomlItem item) {
        int line = item.line();
        for (Option<?> option : Options.ALL) {
            if (section.holds(option) && option.key().equals(key)) {
                entries.add(new FileEntry(section, option, written(option, item), file, line));
                return;
            }
        }
        throw unknownKey(section, key, item);
    }

    private PgkeepException unknownKey(Section section, String key, TomlItem item) {
        int line = item.line();
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
        String shown = item instanceof TomlItem.Table inner && !inner.items().isEmpty()
                ? key + "." + inner.items().keySet().iterator().next()
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

    private Written written(Option<?> option, TomlItem item) {
        Written written = item instanceof TomlItem.Value(Written value, int _)
                ? value
                : new Written(Written.Kind.OTHER, List.of(item.toString()));
        if (!option.type().takes(written)) {
            throw error(
                    item.line(),
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

    private PgkeepException error(int line, String message, String hint) {
        return new PgkeepException(ErrorCode.CONFIG, file + ":" + line + ": " + message, hint);
    }
}
