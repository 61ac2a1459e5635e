package org.pgkeep.repository;

import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** What people call a cluster: 1 to 64 letters, digits, {@code _}, {@code -} and {@code .}, beginning with a letter or digit. */
public record ClusterName(String value) {
    private static final int LENGTH_MAX = 64;

    public ClusterName {
        if (!isName(value)) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    "'" + value + "' cannot be a cluster's name",
                    "Use 1 to 64 letters, digits, '_', '-' and '.', beginning with a letter or digit.");
        }
    }

    /** The name in this text; empty when it cannot be one. */
    public static Optional<ClusterName> parse(String text) {
        return isName(text) ? Optional.of(new ClusterName(text)) : Optional.empty();
    }

    private static boolean isName(String text) {
        if (text.isEmpty() || text.length() > LENGTH_MAX || !isLetterOrDigit(text.charAt(0))) {
            return false;
        }
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isLetterOrDigit(c) && c != '_' && c != '-' && c != '.') {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }

    @Override
    public String toString() {
        return value;
    }
}
