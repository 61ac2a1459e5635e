package org.pgkeep.repository;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON object (RFC 8259). Small, because {@code archive-push} starts it anew for each segment: a general parser prepares
 * itself for numbers of any length, which takes longer than reading the records does.
 *
 * <p>Objects become maps in the order of their fields, arrays lists, numbers {@link Long} or {@link Double}.
 */
final class JsonText {
    /** Records are four levels deep; a stack has its end. */
    private static final int DEPTH_MAX = 64;

    private final String text;
    private final byte[] utf8;
    private final RepeatedTexts repeated;
    private int at;
    private int depth;

    private JsonText(String text, byte[] utf8, RepeatedTexts repeated) {
        this.text = text;
        this.utf8 = utf8;
        this.repeated = repeated;
    }

    /** Says in its message what is wrong, and where. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1;

        private MalformedException(String message) {
            super(message);
        }
    }

    /** The fields of the object that is all the text. */
    static Map<String, @Nullable Object> object(byte[] utf8) throws MalformedException {
        return object(utf8, new RepeatedTexts());
    }

    /** The same for who reads many that are much alike. */
    static Map<String, @Nullable Object> object(byte[] utf8, RepeatedTexts repeated) throws MalformedException {
        String text = new String(utf8, StandardCharsets.UTF_8);
        if (!Arrays.equals(text.getBytes(StandardCharsets.UTF_8), utf8)) {
            throw new MalformedException("bytes that are not UTF-8");
        }
        JsonText json = new JsonText(text, utf8, repeated);
        json.skipBlanks();
        Map<String, @Nullable Object> fields = json.object();
        json.skipBlanks();
        if (json.at < text.length()) {
            throw json.malformed("text after the end");
        }
        return fields;
    }

    private Map<String, @Nullable Object> object() throws MalformedException {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        begin('{');
        for (boolean more = !follows('}'); more; more = another('}')) {
            String name = string();
            skipBlanks();
            expect(':');
            if (fields.containsKey(name)) {
                throw malformed("field '" + name + "' a second time");
            }
            fields.put(name, value());
        }
        depth--;
        return fields;
    }

    private List<@Nullable Object> array() throws MalformedException {
        begin('[');
        if (peek() == '"' && isAscii()) {
            return texts();
        }
        List<@Nullable Object> elements = new ArrayList<>();
        addRest(elements, !follows(']'));
        return elements;
    }

    private void addRest(List<@Nullable Object> elements, boolean anyMore) throws MalformedException {
        for (boolean more = anyMore; more; more = another(']')) {
            elements.add(value());
        }
        depth--;
    }

    /** Whether each character is one byte. */
    private boolean isAscii() {
        return text.length() == utf8.length;
    }

    /** An array that begins with a text. */
    private List<@Nullable Object> texts() throws MalformedException {
        RepeatedTexts.Array array = repeated.begin(utf8, at);
        boolean more = true;
        if (!array.texts().isEmpty()) {
            at = array.end();
            more = another(']');
        }
        while (more && peek() == '"') {
            array.add(string(), at);
            more = another(']');
        }
        if (!more) {
            repeated.remember(array);
        }
        List<@Nullable Object> elements = new ArrayList<>(array.texts());
        addRest(elements, more);
        return elements;
    }

    private void begin(char bracket) throws MalformedException {
        expect(bracket);
        if (++depth > DEPTH_MAX) {
            throw malformed("too many levels");
        }
        skipBlanks();
    }

    /** Whether another element follows this one: a comma, and not the end. */
    private boolean another(char end) throws MalformedException {
        skipBlanks();
        if (follows(end)) {
            return false;
        }
        expect(',');
        skipBlanks();
        return true;
    }

    private @Nullable Object value() throws MalformedException {
        skipBlanks();
        return switch (peek()) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private @Nullable Object word(String word, @Nullable Object value) throws MalformedException {
        if (!text.startsWith(word, at)) {
            throw malformed("no value");
        }
        at += word.length();
        return value;
    }

    private Object number() throws MalformedException {
        if ("-0123456789".indexOf(peek()) < 0) {
            throw malformed("no value");
        }
        int start = at;
        boolean whole = true;
        while ("+-.0123456789Ee".indexOf(peek()) >= 0) {
            whole &= ".Ee".indexOf(peek()) < 0;
            at++;
        }
        String digits = text.substring(start, at);
        try {
            return whole ? (Object) Long.valueOf(digits) : (Object) Double.valueOf(digits);
        } catch (NumberFormatException e) {
            throw malformed("a number that 64 bits do not hold");
        }
    }

    private String string() throws MalformedException {
        expect('"');
        int start = at;
        while (isPlain(peek())) {
            at++;
        }
        // Nearly every string ends here: listings read a million of them.
        return follows('"') ? text.substring(start, at - 1) : restOfString(start);
    }

    /** Whether a character within a string stands for itself. */
    private static boolean isPlain(char c) {
        return c != '"' && c != '\\' && c >= ' ';
    }

    private String restOfString(int start) throws MalformedException {
        StringBuilder string = new StringBuilder().append(text, start, at);
        while (!follows('"')) {
            char c = next();
            if (c < ' ') {
                throw malformed("a control character within a string");
            }
            string.append(c == '\\' ? escaped() : c);
        }
        return string.toString();
    }

    private char escaped() throws MalformedException {
        char c = next();
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> (char) (hexDigit() << 12 | hexDigit() << 8 | hexDigit() << 4 | hexDigit());
            default -> throw malformed("an unknown escape");
        };
    }

    private int hexDigit() throws MalformedException {
        int digit = "0123456789abcdef".indexOf(Character.toLowerCase(next()));
        if (digit < 0) {
            throw malformed("an unknown escape");
        }
        return digit;
    }

    private void skipBlanks() {
        while (isBlank(peek())) {
            at++;
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    /** The next character; at the end one that no JSON has outside of strings. */
    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private char next() throws MalformedException {
        if (at >= text.length()) {
            throw malformed("an end within a string");
        }
        return text.charAt(at++);
    }

    /** Whether this character is next, which is then passed. */
    private boolean follows(char c) {
        if (peek() != c) {
            return false;
        }
        at++;
        return true;
    }

    private void expect(char c) throws MalformedException {
        if (!follows(c)) {
            throw malformed("no " + c);
        }
    }

    private MalformedException malformed(String what) {
        return new MalformedException(what + " at character " + at);
    }
}
