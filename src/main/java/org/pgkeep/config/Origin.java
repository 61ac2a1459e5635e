package org.pgkeep.config;

import java.nio.file.Path;
import org.pgkeep.error.ErrorCode;

/** Where a value came from. Its text is how a person would find the place. */
public sealed interface Origin {
    /** Typed. */
    record CommandLine() implements Origin {
        @Override
        public String toString() {
            return "command line";
        }
    }

    /** Taken from an environment variable. */
    record Environment(String variable) implements Origin {
        @Override
        public String toString() {
            return "environment " + variable;
        }
    }

    /** Written in a file, in this section (empty at the top level). */
    record File(Path path, int line, String section) implements Origin {
        @Override
        public String toString() {
            return path + ":" + line + (section.isEmpty() ? "" : " [" + section + "]");
        }
    }

    /** Nobody set it. */
    record Default() implements Origin {
        @Override
        public String toString() {
            return "default";
        }
    }

    /** The code of an error in a value from here. */
    default ErrorCode errorCode() {
        return switch (this) {
            case CommandLine _ -> ErrorCode.USAGE;
            case Environment _, File _ -> ErrorCode.CONFIG;
            case Default _ -> ErrorCode.BUG;
        };
    }
}
