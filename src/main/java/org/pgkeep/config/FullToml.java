package org.pgkeep.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/** All of TOML, by tomlj. */
final class FullToml {
    private FullToml() {}

    /**
     * Reads a document.
     *
     * @param name of the file, for messages
     * @throws PgkeepException {@code CONFIG} when it is no TOML
     */
    static TomlItem.Table read(String text, String name) {
        TomlParseResult root = Toml.parse(text);
        if (root.hasErrors()) {
            TomlParseError error = root.errors().getFirst();
            throw new PgkeepException(
                    ErrorCode.CONFIG,
                    name + ":" + error.position().line() + ": " + lowerFirst(String.valueOf(error.getMessage())),
                    "The file must be TOML: name = value, with texts in quotes.");
        }
        return table(root, 1);
    }

    private static String lowerFirst(String message) {
        return message.isEmpty() ? message : Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }

    private static TomlItem.Table table(TomlTable table, int line) {
        TomlItem.Table read = TomlItem.Table.begun(line);
        List<String> keys = new ArrayList<>(table.keySet());
        keys.sort((a, b) -> Integer.compare(line(table, a), line(table, b)));
        for (String key : keys) {
            Object value = Objects.requireNonNull(table.get(List.of(key)));
            read.items().put(key, item(value, line(table, key)));
        }
        return read;
    }

    private static int line(TomlTable table, String key) {
        return Objects.requireNonNull(table.inputPositionOf(List.of(key))).line();
    }

    private static TomlItem item(Object value, int line) {
        return value instanceof TomlTable table ? table(table, line) : new TomlItem.Value(written(value), line);
    }

    private static Written written(Object value) {
        return switch (value) {
            case String text -> Written.text(text);
            case Long number -> new Written(Written.Kind.NUMBER, List.of(number.toString()));
            case Boolean truth -> new Written(Written.Kind.TRUTH, List.of(truth.toString()));
            case TomlArray array when onlyTexts(array) -> new Written(Written.Kind.LIST, texts(array));
            case TomlArray array ->
                new Written(Written.Kind.OTHER, List.of(array.toList().toString()));
            default -> new Written(Written.Kind.OTHER, List.of(value.toString()));
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
}
