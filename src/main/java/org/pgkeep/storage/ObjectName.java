package org.pgkeep.storage;

import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * An object's name: components of 1 to 255 bytes joined by {@code /}, no component {@code .} or {@code ..}, printable ASCII only, so
 * that every store takes it as it is. Ordered by component, which is the order in which a tree is walked.
 */
public record ObjectName(String value) implements Comparable<ObjectName> {
    /** Longest name that every store takes. */
    public static final int BYTES_MAX = 1000;

    public ObjectName {
        if (value.isEmpty() || value.length() > BYTES_MAX) {
            throw new PgkeepException(ErrorCode.BUG, "object name of " + value.length() + " characters");
        }
        for (String component : value.split("/", -1)) {
            check(component, value);
        }
    }

    private static void check(String component, String value) {
        boolean printable = component.chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (component.isEmpty()
                || component.length() > 255
                || !printable
                || component.equals(".")
                || component.equals("..")) {
            throw new PgkeepException(ErrorCode.BUG, "object name '" + value + "' is not one that every store takes");
        }
    }

    /** The name under a folder. */
    public static ObjectName of(String folder, String name) {
        return new ObjectName(folder + "/" + name);
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
