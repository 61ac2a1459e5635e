package org.pgkeep.postgres;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * The text of {@code postgresql.conf}, {@code postgresql.auto.conf} or {@code recovery.conf}, edited as an administrator
 * would: lines that are not concerned stay as they are, byte for byte, whatever their encoding. What a line says is decided
 * by the server's grammar ({@code utils/misc/guc-file.l}): see {@link ConfigurationLine}.
 */
public final class ConfigurationText {
    /** Each line with its line end; in ISO 8859-1, which maps every byte to a character and back. */
    private final List<ConfigurationLine> lines;

    private ConfigurationText(List<ConfigurationLine> lines) {
        this.lines = List.copyOf(lines);
    }

    /** A file without content. */
    public static ConfigurationText empty() {
        return new ConfigurationText(List.of());
    }

    /** Reads a file; nothing in it is an error, since lines that the server cannot read are kept, too. */
    public static ConfigurationText parse(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        List<ConfigurationLine> lines = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            int next = end < 0 ? text.length() : end + 1;
            lines.add(ConfigurationLine.parse(text.substring(start, next)));
            start = next;
        }
        return new ConfigurationText(lines);
    }

    /** The file. */
    public byte[] bytes() {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line.text()));
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The value of a setting, as UTF-8; the last one counts. Files that this one includes are not looked at. */
    public Optional<String> get(String name) {
        return lines.reversed().stream()
                .filter(line -> line.isSetting(name))
                .map(line -> decode(line.value()))
                .findFirst();
    }

    /** Whether the file makes the server read others. */
    public boolean hasIncludes() {
        return lines.stream().anyMatch(ConfigurationLine::isInclude);
    }

    /**
     * Gives a setting a value: in the line that sets it now, if nothing can override that line, else in a new one at the
     * end. Other lines that set it are removed.
     *
     * @throws PgkeepException {@code CONFIG} when the name is none
     */
    public ConfigurationText set(String name, String value) {
        if (!ConfigurationLine.isName(name)) {
            throw new PgkeepException(ErrorCode.CONFIG, "'" + name + "' is not the name of a PostgreSQL setting");
        }
        int place = placeOf(name);
        List<ConfigurationLine> edited = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            ConfigurationLine line = lines.get(i);
            if (i == place) {
                edited.add(line.withValue(encode(value)));
            } else if (!line.isSetting(name)) {
                edited.add(line);
            }
        }
        if (place < 0) {
            append(edited, ConfigurationLine.parse(name + " = " + ConfigurationLine.quote(encode(value)) + "\n"));
        }
        return new ConfigurationText(edited);
    }

    /** Index of the last line that sets it, unless a later line includes files; else -1. */
    private int placeOf(String name) {
        for (int i = lines.size() - 1; i >= 0; i--) {
            if (lines.get(i).isSetting(name)) {
                return i;
            }
            if (lines.get(i).isInclude()) {
                return -1;
            }
        }
        return -1;
    }

    private static void append(List<ConfigurationLine> lines, ConfigurationLine line) {
        if (!lines.isEmpty() && !lines.getLast().text().endsWith("\n")) {
            lines.set(lines.size() - 1, ConfigurationLine.parse(lines.getLast().text() + "\n"));
        }
        lines.add(line);
    }

    /** Removes the lines that set it. */
    public ConfigurationText remove(String name) {
        return removeIf(setting -> setting.equals(name.toLowerCase(Locale.ROOT)));
    }

    /** Removes the lines that set what is asked for; names are given in lower case. */
    public ConfigurationText removeIf(Predicate<String> isRemoved) {
        return new ConfigurationText(lines.stream()
                .filter(line -> line.name().isEmpty() || !isRemoved.test(line.name()))
                .toList());
    }

    private static String encode(String value) {
        return new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static String decode(String value) {
        return new String(value.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
