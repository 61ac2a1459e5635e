package org.pgkeep.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * TOML as configuration files mostly have it: sections, bare keys, texts without escapes, whole numbers, true and false, lists of
 * texts on one line. PostgreSQL waits for this with each WAL segment, and the library takes longer to get ready than all else that
 * archive-push does. Whatever is not that simple, or wrong, is left to {@link FullToml}.
 */
final class PlainToml {
    /** Digits of a number that surely fits. */
    private static final int DIGITS_MAX = 18;

    private final String text;
    private final TomlItem.Table root = TomlItem.Table.begun(1);
    /** Tables that keys with dots made since the last header: only those may be filled by further keys with dots. */
    private final Set<TomlItem.Table> madeHere = Collections.newSetFromMap(new IdentityHashMap<>());

    private TomlItem.Table current = root;
    private int at;
    private int line = 1;

    private PlainToml(String text) {
        this.text = text;
    }

    /** The document; empty when it must be left to {@link FullToml}. */
    static Optional<TomlItem.Table> read(String text) {
        PlainToml reader = new PlainToml(text);
        while (reader.at < text.length()) {
            if (!reader.line()) {
                return Optional.empty();
            }
        }
        return Optional.of(reader.root);
    }

    /** Reads a line, its end included; false when it is not plain. */
    private boolean line() {
        skipBlanks();
        boolean plain = switch (peek()) {
            case '#', '\n', '\r', 0 -> true;
            case '[' -> header();
            default -> keyAndValue();
        };
        return plain && endOfLine();
    }

    private boolean header() {
        at++;
        List<String> keys = keys();
        if (keys.isEmpty() || peek() != ']') {
            return false;
        }
        at++;
        TomlItem.Table table = root;
        for (String key : keys.subList(0, keys.size() - 1)) {
            TomlItem.@Nullable Table next = within(table, key);
            if (next == null) {
                return false;
            }
            table = next;
        }
        // One whose header comes after that of a table in it is rare, and then stands where its own header is.
        if (table.items().containsKey(keys.getLast())) {
            return false;
        }
        current = TomlItem.Table.begun(line);
        table.items().put(keys.getLast(), current);
        madeHere.clear();
        return true;
    }

    private boolean keyAndValue() {
        List<String> keys = keys();
        if (keys.isEmpty() || peek() != '=') {
            return false;
        }
        at++;
        skipBlanks();
        TomlItem.Table table = current;
        for (String key : keys.subList(0, keys.size() - 1)) {
            boolean isNew = !table.items().containsKey(key);
            TomlItem.@Nullable Table next = within(table, key);
            if (next == null || (!isNew && !madeHere.contains(next))) {
                return false;
            }
            madeHere.add(next);
            table = next;
        }
        @Nullable Written value = value();
        return value != null && table.items().putIfAbsent(keys.getLast(), new TomlItem.Value(value, line)) == null;
    }

    private TomlItem.@Nullable Table within(TomlItem.Table table, String key) {
        @Nullable TomlItem there = table.items().get(key);
        if (there == null) {
            TomlItem.Table made = TomlItem.Table.begun(line);
            table.items().put(key, made);
            return made;
        }
        return there instanceof TomlItem.Table known ? known : null;
    }

    /** Bare keys with dots between; empty when these are none. */
    private List<String> keys() {
        List<String> keys = new ArrayList<>();
        while (true) {
            skipBlanks();
            int start = at;
            while (isBare(peek())) {
                at++;
            }
            if (at == start) {
                return List.of();
            }
            keys.add(text.substring(start, at));
            skipBlanks();
            if (peek() != '.') {
                return keys;
            }
            at++;
        }
    }

    private static boolean isBare(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c) || c == '-' || c == '_';
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private @Nullable Written value() {
        int c = peek();
        if (c == '"' || c == '\'') {
            @Nullable String read = quoted();
            return read == null ? null : Written.text(read);
        } else if (c == '[') {
            return texts();
        } else if (isDigit(c)) {
            return number();
        } else if (text.startsWith("true", at)) {
            at += "true".length();
            return new Written(Written.Kind.TRUTH, List.of("true"));
        } else if (text.startsWith("false", at)) {
            at += "false".length();
            return new Written(Written.Kind.TRUTH, List.of("false"));
        }
        return null;
    }

    /** A text on one line without escapes. */
    private @Nullable String quoted() {
        char quote = text.charAt(at);
        int end = at + 1;
        while (end < text.length() && text.charAt(end) != quote) {
            if (!isText(text.charAt(end)) || (quote == '"' && text.charAt(end) == '\\')) {
                return null;
            }
            end++;
        }
        // Two quotes may begin a text of several lines.
        if (end == text.length() || text.startsWith(String.valueOf(quote).repeat(3), at)) {
            return null;
        }
        String read = text.substring(at + 1, end);
        at = end + 1;
        return read;
    }

    private @Nullable Written texts() {
        List<String> texts = new ArrayList<>();
        at++;
        skipBlanks();
        while (peek() != ']') {
            @Nullable String read = peek() == '"' || peek() == '\'' ? quoted() : null;
            if (read == null) {
                return null;
            }
            texts.add(read);
            skipBlanks();
            if (peek() == ',') {
                at++;
                skipBlanks();
            } else if (peek() != ']') {
                return null;
            }
        }
        at++;
        return new Written(Written.Kind.LIST, texts);
    }

    private @Nullable Written number() {
        int start = at;
        while (isDigit(peek())) {
            at++;
        }
        String digits = text.substring(start, at);
        boolean plain = digits.length() <= DIGITS_MAX && (digits.length() == 1 || digits.charAt(0) != '0');
        return plain ? new Written(Written.Kind.NUMBER, List.of(digits)) : null;
    }

    /** Blanks, a comment, and the end of the line or of the document. */
    private boolean endOfLine() {
        skipBlanks();
        if (peek() == '#') {
            while (at < text.length() && isText(text.charAt(at))) {
                at++;
            }
        }
        if (text.startsWith("\r\n", at)) {
            at++;
        }
        if (at == text.length()) {
            return true;
        }
        line++;
        return text.charAt(at++) == '\n';
    }

    /** What may stand in texts and comments; surrogates only in pairs, which the library looks at. */
    private static boolean isText(char c) {
        return (c >= ' ' || c == '\t') && c != 0x7F && !Character.isSurrogate(c);
    }

    private void skipBlanks() {
        while (peek() == ' ' || peek() == '\t') {
            at++;
        }
    }

    /** The next character; 0 at the end. */
    private int peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }
}
