package org.pgkeep.postgres;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of a configuration file, as {@code utils/misc/guc-file.l} reads it: a name, an optional equal sign, a value, an
 * optional comment. Names do not differ by case. A value is a quoted string, or an unquoted word or number.
 *
 * @param text the line with its line end, one character a byte
 * @param name in lower case; empty when the line sets nothing: blank, comment, or wrong
 * @param valueStart where the value, with its quotes, lies in the text
 * @param valueEnd where it ends
 */
record ConfigurationLine(String text, String name, int valueStart, int valueEnd) {
    private static final String LETTER = "[A-Za-z_\\x80-\\xFF]";
    private static final String ID = LETTER + "[A-Za-z_0-9\\x80-\\xFF]*+";
    private static final String NAME = ID + "(?:\\." + ID + ")?";
    private static final String STRING = "'(?:[^'\\\\\\n]|\\\\.|'')*+'";
    private static final String WORD = LETTER + "[A-Za-z_0-9\\x80-\\xFF._:/-]*+";
    private static final String REAL = "[-+]?[0-9]*\\.[0-9]*(?:[Ee][-+]?[0-9]+)?[A-Za-z]*";
    private static final String INTEGER = "[-+]?(?:0x[0-9a-fA-F]+|[0-9]+)[A-Za-z]*";
    private static final String BLANK = "[ \\t\\r\\f]*";

    private static final Pattern IS_NAME = Pattern.compile(NAME);
    private static final Pattern SETTING = Pattern.compile(
            BLANK + "(?<name>" + NAME + ")(?=[ \\t\\r\\f='])" + BLANK + "=?" + BLANK + "(?<value>" + STRING + "|" + WORD
                    + "|" + REAL + "|" + INTEGER + ")" + BLANK + "(?:#.*)?\\n?",
            Pattern.DOTALL);

    static ConfigurationLine parse(String text) {
        Matcher matcher = SETTING.matcher(text);
        return matcher.matches()
                ? new ConfigurationLine(
                        text,
                        matcher.group("name").toLowerCase(Locale.ROOT),
                        matcher.start("value"),
                        matcher.end("value"))
                : new ConfigurationLine(text, "", 0, 0);
    }

    static boolean isName(String text) {
        return IS_NAME.matcher(text).matches();
    }

    /** As a string that {@link #value} and the server read back: in quotes, with quotes and backslashes doubled. */
    static String quote(String value) {
        String quoted = value.replace("\\", "\\\\").replace("'", "''");
        return "'" + quoted.replace("\n", "\\n").replace("\r", "\\r") + "'";
    }

    boolean isSetting(String other) {
        return name.equals(other.toLowerCase(Locale.ROOT));
    }

    boolean isInclude() {
        return name.equals("include") || name.equals("include_dir") || name.equals("include_if_exists");
    }

    /** The same line, comment and all, with another value. */
    ConfigurationLine withValue(String value) {
        return parse(text.substring(0, valueStart) + quote(value) + text.substring(valueEnd));
    }

    /** The value without quotes and escapes ({@code DeescapeQuotedString}). */
    String value() {
        String raw = text.substring(valueStart, valueEnd);
        return raw.startsWith("'") ? unescape(raw.substring(1, raw.length() - 1)) : raw;
    }

    private static String unescape(String raw) {
        StringBuilder value = new StringBuilder();
        int i = 0;
        while (i < raw.length()) {
            char c = raw.charAt(i++);
            if (c == '\'') {
                i++; // a doubled quote
                value.append(c);
            } else if (c == '\\') {
                int length = octalDigits(raw, i);
                value.append(
                        length > 0 ? (char) (Integer.parseInt(raw, i, i + length, 8) & 0xFF) : escaped(raw.charAt(i)));
                i += Math.max(length, 1);
            } else {
                value.append(c);
            }
        }
        return value.toString();
    }

    private static int octalDigits(String raw, int start) {
        int length = 0;
        while (length < 3 && start + length < raw.length() && "01234567".indexOf(raw.charAt(start + length)) >= 0) {
            length++;
        }
        return length;
    }

    private static char escaped(char c) {
        return switch (c) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> c;
        };
    }
}
