package org.pgkeep.repository;

import java.util.Optional;

/**
 * A name that a person gave to a backup, accepted wherever its label is: what a {@linkplain ClusterName cluster's name} may be, but
 * never what could be a label.
 */
public record GivenName(String value) {
    /** What a name may be, for messages. */
    public static final String ALLOWED =
            "1 to 64 letters, digits, '_', '-' and '.', beginning with a letter or digit, that are no label";

    public GivenName {
        if (!isName(value)) {
            throw new IllegalArgumentException(value);
        }
    }

    /** The name in this text; empty when it cannot be one. */
    public static Optional<GivenName> parse(String text) {
        return isName(text) ? Optional.of(new GivenName(text)) : Optional.empty();
    }

    private static boolean isName(String text) {
        return ClusterName.parse(text).isPresent() && Label.parse(text).isEmpty();
    }

    @Override
    public String toString() {
        return value;
    }
}
