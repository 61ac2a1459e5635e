package org.pgkeep.storage.posix;

import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.file.DirectoryIteratorException;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** An {@link IOException} of this store as the error that says what to do. */
final class PosixFailure {
    private PosixFailure() {}

    /**
     * The error.
     *
     * @param what what was being done, naming the path: {@code "write /repo/x"}
     */
    static PgkeepException of(String what, IOException cause) {
        if (cause instanceof AsynchronousCloseException) {
            // An interrupt closes the channel; in the interrupted thread its flag stays set.
            return new PgkeepException(ErrorCode.TERMINATED, "interrupted: " + what).causedBy(cause);
        }
        if (String.valueOf(cause.getMessage()).contains("Read-only file system")) {
            return new PgkeepException(
                            ErrorCode.PERMISSION,
                            "cannot " + what + ": read-only file system",
                            "Mount the repository's file system for writing; if it turned read-only by itself, its disk has errors.")
                    .causedBy(cause);
        }
        return PgkeepException.ofIo(ErrorCode.STORAGE, what, cause);
    }

    /** The error of a directory that could not be read to its end. */
    static PgkeepException of(String what, DirectoryIteratorException cause) {
        IOException reason = cause.getCause();
        return reason == null
                ? new PgkeepException(ErrorCode.STORAGE, "cannot " + what).causedBy(cause)
                : of(what, reason);
    }
}
