package org.pgkeep.error;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A broken promise, with the code that becomes the exit status. The message is in lower case and names the file, LSN or
 * label it is about; the hint is a whole sentence that says what to do next.
 */
public final class PgkeepException extends RuntimeException {
    private final ErrorCode code;
    private final @Nullable String hint;

    /** An error without advice. */
    public PgkeepException(ErrorCode code, String message) {
        super(message);
        this.code = code;
        this.hint = null;
    }

    /** An error with advice. */
    public PgkeepException(ErrorCode code, String message, String hint) {
        super(message);
        this.code = code;
        this.hint = hint;
    }

    private PgkeepException(ErrorCode code, String message, @Nullable String hint, Throwable cause) {
        super(message, cause);
        this.code = code;
        this.hint = hint;
    }

    /** The same error, remembering what caused it. */
    public PgkeepException causedBy(Throwable cause) {
        return new PgkeepException(code, String.valueOf(getMessage()), hint, cause);
    }

    /** The same error with this advice: who called knows better what helps. */
    public PgkeepException withHint(String other) {
        return new PgkeepException(code, String.valueOf(getMessage()), other, this);
    }

    /**
     * An I/O failure as the code that fits it: full disk, missing path, permission, else {@code otherwise}.
     *
     * @param what what was being done, in lower case, naming the file: {@code "write /repo/x"}
     */
    public static PgkeepException ofIo(ErrorCode otherwise, String what, IOException cause) {
        String reason = reason(cause);
        ErrorCode code = codeOf(cause, reason, otherwise);
        @Nullable
        String hint = switch (code) {
            case DISK_FULL -> "Free space on that file system, then run the command again.";
            case PERMISSION -> "Run pgkeep as the user that owns it, usually postgres, or change its permissions.";
            default -> null;
        };
        return new PgkeepException(code, "cannot " + what + ": " + reason, hint, cause);
    }

    private static String reason(IOException cause) {
        if (cause instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (cause instanceof FileSystemException system && system.getReason() != null) {
            return String.valueOf(system.getReason());
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : String.valueOf(cause.getMessage());
    }

    private static ErrorCode codeOf(IOException cause, String reason, ErrorCode otherwise) {
        // The JDK reports ENOSPC and EDQUOT only by the operating system's text.
        if (reason.contains("No space left on device") || reason.contains("Disk quota exceeded")) {
            return ErrorCode.DISK_FULL;
        }
        if (cause instanceof AccessDeniedException || reason.contains("Permission denied")) {
            return ErrorCode.PERMISSION;
        }
        return cause instanceof NoSuchFileException ? ErrorCode.PATH_MISSING : otherwise;
    }

    /** The code, and with it the exit status. */
    public ErrorCode code() {
        return code;
    }

    /** What to do next. */
    public Optional<String> hint() {
        return Optional.ofNullable(hint);
    }
}
