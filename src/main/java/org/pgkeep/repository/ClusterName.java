package org.pgkeep.repository;

import java.util.regex.Pattern;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** What people call a cluster: 1 to 64 letters, digits, {@code _}, {@code -} and {@code .}, beginning with a letter or digit. */
public record ClusterName(String value) {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");

    public ClusterName {
        if (!FORM.matcher(value).matches()) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    "'" + value + "' cannot be a cluster's name",
                    "Use 1 to 64 letters, digits, '_', '-' and '.', beginning with a letter or digit.");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
