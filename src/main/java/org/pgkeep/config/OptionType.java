package org.pgkeep.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an option's value may be: how it is read, what is allowed, how help calls it.
 *
 * @param <T> what the program gets
 */
public sealed interface OptionType<T>
        permits OptionType.Text,
                OptionType.Name,
                OptionType.PathName,
                OptionType.Flag,
                OptionType.Whole,
                OptionType.Choice,
                OptionType.Mode,
                OptionType.Timestamp,
                OptionType.Pair,
                OptionType.Listed,
                Workers,
                Size,
                Span,
                Compression {
    /** The value in this text; empty when it is not allowed. */
    Optional<T> parse(String text);

    /** What is allowed, as the end of "must be …". */
    String allowed();

    /** What stands for the value in help, such as {@code DIR}; empty for a flag. */
    String label();

    /** What the option's mere name means; empty when a value must follow. A value is then only taken behind {@code =}. */
    default Optional<String> bare() {
        return Optional.empty();
    }

    /** Whether a configuration file may write the value this way. */
    default boolean takes(Written written) {
        return written.kind() == Written.Kind.TEXT;
    }

    /** Any text that is not empty. */
    record Text(String label) implements OptionType<String> {
        @Override
        public Optional<String> parse(String text) {
            return text.isEmpty() || text.indexOf('\0') >= 0 ? Optional.empty() : Optional.of(text);
        }

        @Override
        public String allowed() {
            return "a text that is not empty";
        }
    }

    /** The name of a cluster or repository, which becomes a part of object names. */
    record Name() implements OptionType<String> {
        private static final int LENGTH_MAX = 64;
        private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

        @Override
        public Optional<String> parse(String text) {
            boolean sound = !text.isEmpty() && text.length() <= LENGTH_MAX && "._-".indexOf(text.charAt(0)) < 0;
            for (int i = 0; i < text.length() && sound; i++) {
                sound = LETTERS.indexOf(text.charAt(i)) >= 0;
            }
            return sound ? Optional.of(text) : Optional.empty();
        }

        @Override
        public String allowed() {
            return "1 to 64 letters, digits, '.', '_' or '-', beginning with a letter or digit";
        }

        @Override
        public String label() {
            return "NAME";
        }
    }

    /** A file or directory; {@code ~/} is the home directory, anything else relative to the working directory. */
    record PathName(String label) implements OptionType<Path> {
        @Override
        public Optional<Path> parse(String text) {
            try {
                String home = text.startsWith("~/") ? System.getProperty("user.home") + text.substring(1) : text;
                return text.isEmpty()
                        ? Optional.empty()
                        : Optional.of(Path.of(home).toAbsolutePath().normalize());
            } catch (InvalidPathException e) {
                return Optional.empty();
            }
        }

        @Override
        public String allowed() {
            return "a path";
        }
    }

    /** Yes or no: {@code --name} and {@code --no-name}. */
    record Flag() implements OptionType<Boolean> {
        @Override
        public Optional<Boolean> parse(String text) {
            return switch (text) {
                case "true", "on", "yes", "1" -> Optional.of(true);
                case "false", "off", "no", "0" -> Optional.of(false);
                default -> Optional.empty();
            };
        }

        @Override
        public String allowed() {
            return "true or false";
        }

        @Override
        public String label() {
            return "";
        }

        @Override
        public boolean takes(Written written) {
            return written.kind() == Written.Kind.TRUTH;
        }
    }

    /** An integer within limits. */
    record Whole(int min, int max) implements OptionType<Integer> {
        @Override
        public Optional<Integer> parse(String text) {
            try {
                int value = Integer.parseInt(text);
                return value >= min && value <= max ? Optional.of(value) : Optional.empty();
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }

        @Override
        public String allowed() {
            return "an integer from " + min + " to " + max;
        }

        @Override
        public String label() {
            return "N";
        }

        @Override
        public boolean takes(Written written) {
            return written.kind() == Written.Kind.NUMBER;
        }
    }

    /** One of a few words. */
    record Choice(List<String> words) implements OptionType<String> {
        public Choice {
            words = List.copyOf(words);
        }

        static Choice of(String... words) {
            return new Choice(List.of(words));
        }

        @Override
        public Optional<String> parse(String text) {
            return words.contains(text) ? Optional.of(text) : Optional.empty();
        }

        @Override
        public String allowed() {
            return words.size() == 1 ? "'" + words.getFirst() + "'" : "one of " + String.join(", ", words);
        }

        @Override
        public String label() {
            return String.join("|", words);
        }
    }

    /** One of a few words, of which one is meant by the option's mere name. */
    record Mode(String word, Choice choice) implements OptionType<String> {
        static Mode of(String word, String... words) {
            return new Mode(word, Choice.of(words));
        }

        @Override
        public Optional<String> parse(String text) {
            return choice.parse(text);
        }

        @Override
        public String allowed() {
            return choice.allowed();
        }

        @Override
        public String label() {
            return choice.label();
        }

        @Override
        public Optional<String> bare() {
            return Optional.of(word);
        }
    }

    /** A point in time. */
    record Timestamp() implements OptionType<OffsetDateTime> {
        @Override
        public Optional<OffsetDateTime> parse(String text) {
            return Moment.parse(text, ZoneId.systemDefault());
        }

        @Override
        public String allowed() {
            return "a time such as '2026-11-21 20:30:00+01' (this machine's time zone if none is given)";
        }

        @Override
        public String label() {
            return "TIMESTAMP";
        }
    }

    /** Something that goes elsewhere. */
    record Pair(String label) implements OptionType<Mapping> {
        @Override
        public Optional<Mapping> parse(String text) {
            return Mapping.parse(text);
        }

        @Override
        public String allowed() {
            return "of the form " + label;
        }
    }

    /** Several values: repeated on the command line, a list in a file, separated by commas in the environment. */
    record Listed<T>(OptionType<T> element) implements OptionType<List<T>> {
        @Override
        public Optional<List<T>> parse(String text) {
            return parseAll(split(text));
        }

        /** The elements of a list that is one text. */
        static List<String> split(String text) {
            List<String> texts = new ArrayList<>();
            for (String part : text.split(",", -1)) {
                texts.add(part.strip());
            }
            return texts;
        }

        Optional<List<T>> parseAll(List<String> texts) {
            List<T> values = new ArrayList<>();
            for (String text : texts) {
                Optional<T> value = element.parse(text);
                if (value.isEmpty()) {
                    return Optional.empty();
                }
                values.add(value.get());
            }
            return Optional.of(List.copyOf(values));
        }

        @Override
        public String allowed() {
            return element.allowed() + ", or a list of such";
        }

        @Override
        public String label() {
            return element.label();
        }

        @Override
        public boolean takes(Written written) {
            return written.kind() == Written.Kind.LIST || element.takes(written);
        }
    }
}
