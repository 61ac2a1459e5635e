package org.pgkeep.backup;

import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.Attributes;
import org.pgkeep.repository.PathName;

/**
 * Something found in the data directory.
 *
 * @param sizeBytes of a file when it was listed: of what the WAL brings, more is not read
 * @param link where the link points that this is, or by which the file was reached
 */
record ListedEntry(PathName path, Type type, long sizeBytes, Attributes attributes, Optional<PathName> link) {
    /** What it is. */
    enum Type {
        FILE(1),
        DIRECTORY(2),
        LINK(3);

        private final int code;

        Type(int code) {
            this.code = code;
        }

        /** As spooled. */
        int code() {
            return code;
        }

        static Type ofCode(int code) {
            return switch (code) {
                case 1 -> FILE;
                case 2 -> DIRECTORY;
                case 3 -> LINK;
                default -> throw new PgkeepException(ErrorCode.BUG, "listed entry of type " + code);
            };
        }
    }
}
