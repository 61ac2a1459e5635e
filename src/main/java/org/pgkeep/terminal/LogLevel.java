package org.pgkeep.terminal;

import java.util.Locale;

/** How important a line is, most important first. */
public enum LogLevel {
    /** The run failed. */
    ERROR,
    /** The person must know. */
    WARN,
    /** Worth a line. */
    INFO,
    /** For who searches a problem. */
    DEBUG;

    /** The level of this name, as the option {@code --log-level} spells it. */
    public static LogLevel named(String name) {
        // valueOf is by reflection, for which archive_command would wait.
        for (LogLevel level : values()) {
            if (level.word().equals(name)) {
                return level;
            }
        }
        throw new IllegalArgumentException("no level is named '" + name + "'");
    }

    /** As {@code --log-level} spells it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether lines of this level appear where this much is asked for. */
    boolean shownAt(LogLevel limit) {
        return compareTo(limit) <= 0;
    }
}
