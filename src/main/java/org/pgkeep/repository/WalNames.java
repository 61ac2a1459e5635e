package org.pgkeep.repository;

import org.pgkeep.codec.Algorithm;

/**
 * What names in a folder of the archive mean, by hand and without an object for each: a listing has a million of them.
 *
 * <pre>
 * &lt;24 hex&gt;-&lt;hash&gt;.zst    &lt;24 hex&gt;.partial-&lt;hash&gt;.zst    &lt;24 hex&gt;.streamed.&lt;from&gt;.&lt;to&gt;-&lt;hash&gt;.zst    &lt;24 hex&gt;.dropped
 * &lt;24 hex&gt;.damaged
 * </pre>
 */
final class WalNames {
    static final int HASH_DIGITS = 32;
    static final int FOLDER_DIGITS = 16;
    static final String DROPPED = ".dropped";
    static final String DAMAGED = ".damaged";
    private static final int SEGMENT_DIGITS = 24;
    private static final String PARTIAL = ".partial-";

    private WalNames() {}

    /** What a name is of. */
    enum Kind {
        SEGMENT,
        PARTIAL,
        STREAMED,
        DROPPED,
        DAMAGED,
        OTHER
    }

    /** What this name is of. */
    static Kind kind(String name) {
        if (name.startsWith("-", SEGMENT_DIGITS) && endsStored(name, SEGMENT_DIGITS + 1)) {
            return Kind.SEGMENT;
        }
        boolean partial =
                name.startsWith(PARTIAL, SEGMENT_DIGITS) && endsStored(name, SEGMENT_DIGITS + PARTIAL.length());
        if (partial) {
            return Kind.PARTIAL;
        }
        if (name.startsWith(WalPiece.MARK, SEGMENT_DIGITS)) {
            return Kind.STREAMED;
        }
        if (name.length() == SEGMENT_DIGITS + DROPPED.length() && name.endsWith(DROPPED)) {
            return Kind.DROPPED;
        }
        boolean damaged = name.length() == SEGMENT_DIGITS + DAMAGED.length() && name.endsWith(DAMAGED);
        return damaged ? Kind.DAMAGED : Kind.OTHER;
    }

    /** Whether a hash and the suffix of an algorithm follow, and nothing else: a summary is no segment. */
    private static boolean endsStored(String name, int from) {
        return name.length() >= from + HASH_DIGITS && Algorithm.isSuffix(name, from + HASH_DIGITS);
    }

    /** The last 8 of the 24 digits; -1 for what are no digits, and for numbers that no segment has. */
    static int number(String name) {
        return hex(name, FOLDER_DIGITS, SEGMENT_DIGITS);
    }

    /** Whether this is the name of a folder of segments. */
    static boolean isFolder(String name) {
        return name.length() == FOLDER_DIGITS && isHex(name, 0, FOLDER_DIGITS);
    }

    /** -1 when these are no upper-case hexadecimal digits, or more than 31 bits. */
    private static int hex(String text, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = digit(text.charAt(i));
            if (digit < 0 || value > Integer.MAX_VALUE >> 4) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private static boolean isHex(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (digit(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    /** -1 for what is none; not by {@link Character#digit}, which knows all scripts and both cases. */
    private static int digit(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    }
}
