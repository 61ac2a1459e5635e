package org.pgkeep.cli;

import java.io.BufferedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** Standard output for results of any length: in large pieces, and a failure to write is one of the command. */
final class Output implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;

    private final PrintStream target;
    private final PrintStream buffered;

    Output(PrintStream target) {
        this.target = target;
        this.buffered = new PrintStream(new BufferedOutputStream(target, BUFFER_BYTES), false, StandardCharsets.UTF_8);
    }

    /** Where to write. */
    PrintStream stream() {
        return buffered;
    }

    /**
     * Writes what is left; the target stays open.
     *
     * @throws PgkeepException {@code FILE_WRITE}
     */
    @Override
    public void close() {
        buffered.flush();
        if (target.checkError()) {
            throw new PgkeepException(
                    ErrorCode.FILE_WRITE,
                    "cannot write all of the result to standard output",
                    "If it goes to a file, look for space there; if it goes to a program, that one ended early.");
        }
    }
}
