package org.pgkeep.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * Which process an archiver is, so that a shell can tell whether it lives: no two processes have the same ({@code docs/formats/spool.md}).
 *
 * @param pid its process id
 * @param start its start in clock ticks since the boot
 * @param boot which boot that was
 */
record ArchiverLife(long pid, String start, String boot) {
    private static final int FORMAT = 1;

    /** Behind the name of the program, which may hold blanks, the start time is the twentieth field. */
    private static final int START_FIELD = 19;

    /**
     * Of this process.
     *
     * @throws PgkeepException {@code FILE_READ} where there is no {@code /proc}
     */
    static ArchiverLife ofThisProcess() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id"));
            return new ArchiverLife(ProcessHandle.current().pid(), startIn(stat), boot.strip());
        } catch (IOException e) {
            throw new PgkeepException(
                            ErrorCode.FILE_READ,
                            "cannot tell when this process began: " + e.getMessage(),
                            "Asynchronous archiving needs Linux with /proc: leave out --archive-async.")
                    .causedBy(e);
        }
    }

    static String startIn(String stat) {
        String behindName = stat.substring(stat.lastIndexOf(')') + 2);
        return behindName.split(" ", -1)[START_FIELD];
    }

    /** The line that names it. */
    String line() {
        return "pgkeep-archiver " + FORMAT + " " + pid + " " + start + " " + boot;
    }
}
