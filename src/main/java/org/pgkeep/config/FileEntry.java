package org.pgkeep.config;

import java.nio.file.Path;

/** One key of a configuration file, known to be an option that may stand there. */
record FileEntry(Section section, Option<?> option, Written value, Path file, int line) {
    Origin origin() {
        return new Origin.File(file, line, section.text());
    }

    /** {@code file:line}. */
    String place() {
        return file + ":" + line;
    }
}
