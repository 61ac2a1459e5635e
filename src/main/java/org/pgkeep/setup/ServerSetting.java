package org.pgkeep.setup;

import java.util.Optional;

/**
 * A setting of the server that archiving depends on.
 *
 * @param name as in {@code postgresql.conf}
 * @param value what it should be
 * @param current what it is, when a server could be asked
 * @param right whether what it is will do
 * @param needsRestart whether a change takes effect only at the server's next start
 */
public record ServerSetting(String name, String value, Optional<String> current, boolean right, boolean needsRestart) {
    /** The line for {@code postgresql.conf}. */
    public String line() {
        return name + " = '" + value.replace("\\", "\\\\").replace("'", "''") + "'";
    }
}
