package org.pgkeep.storage;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * An object's name: components of 1 to 255 bytes joined by {@code /}, printable ASCII only, so that every store takes it as it is.
 * No component begins with a dot: such names are the stores' own (temporary files, locks), and {@code ..} leaves the store.
 * Ordered by component, which is the order in which a tree is walked.
 */
public record ObjectName(String value) implements Comparable<ObjectName> {
    /** Longest name that every store takes. */
    public static final int BYTES_MAX = 1000;

    private static final int COMPONENT_BYTES_MAX = 255;
    private static final boolean[] ORDINARY = ordinary();

    public ObjectName {
        if (value.isEmpty() || value.length() > BYTES_MAX) {
            throw new PgkeepException(ErrorCode.BUG, "object name of " + value.length() + " characters");
        }
        for (int from = 0; from <= value.length(); ) {
            int slash = value.indexOf('/', from);
            int to = slash < 0 ? value.length() : slash;
            if (!isComponent(value, from, to)) {
                throw new PgkeepException(
                        ErrorCode.BUG, "object name '" + value + "' is not one that every store takes");
            }
            from = to + 1;
        }
    }

    /** Whether this can be one component of an object's name; a store skips what is not (another program's files). */
    public static boolean isComponent(String text) {
        // By bytes, which takes half the time: a listing has a million names. What Latin-1 does not have becomes a
        // question mark.
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length == 0 || bytes.length > COMPONENT_BYTES_MAX || bytes[0] == '.') {
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            if (!ORDINARY[bytes[i] & 0xFF] && text.charAt(i) != '?') {
                return false;
            }
        }
        return true;
    }

    /** By byte: what stands in names, but for the question mark, which may stand for something else. */
    private static boolean[] ordinary() {
        boolean[] ordinary = new boolean[256];
        Arrays.fill(ordinary, ' ' + 1, 0x7f, true);
        ordinary['/'] = false;
        ordinary['?'] = false;
        return ordinary;
    }

    private static boolean isComponent(String text, int from, int to) {
        if (to <= from || to - from > COMPONENT_BYTES_MAX || text.charAt(from) == '.') {
            return false;
        }
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '/') {
                return false;
            }
        }
        return true;
    }

    /** The name under a folder. */
    public static ObjectName of(String folder, String name) {
        return new ObjectName(folder + "/" + name);
    }

    /** The name of the folder that it lies in; empty for the top. */
    public String folder() {
        return value.substring(0, Math.max(0, value.lastIndexOf('/')));
    }

    /** The last component. */
    public String last() {
        return value.substring(value.lastIndexOf('/') + 1);
    }

    @Override
    public int compareTo(ObjectName other) {
        // '/' sorts below every other character, so that a folder's content stays together.
        return value.replace('/', '\0').compareTo(other.value.replace('/', '\0'));
    }

    @Override
    public String toString() {
        return value;
    }
}
