package org.pgkeep.archive;

import java.io.IOException;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.linux.ProcessStat;

/**
 * Which process an archiver or prefetcher is, so that a shell can tell whether it lives: no two processes have the same ({@code
 * docs/formats/spool.md}).
 *
 * @param worker what it is
 * @param pid its process id
 * @param start its start in clock ticks since the boot
 * @param boot which boot that was
 */
record WorkerLife(SpoolWorker worker, long pid, String start, String boot) {
    private static final int FORMAT = 1;

    /**
     * Of this process.
     *
     * @throws PgkeepException {@code FILE_READ} where there is no {@code /proc}
     */
    static WorkerLife ofThisProcess(SpoolWorker worker) {
        try {
            long pid = ProcessHandle.current().pid();
            return new WorkerLife(worker, pid, ProcessStat.of(pid).start(), ProcessStat.boot());
        } catch (IOException e) {
            throw new PgkeepException(
                            ErrorCode.FILE_READ,
                            "cannot tell when this process began: " + e.getMessage(),
                            "Asynchronous archiving needs Linux with /proc: leave out --archive-async.")
                    .causedBy(e);
        }
    }

    /** The line that names it. */
    String line() {
        return "pgkeep-" + worker.text() + " " + FORMAT + " " + pid + " " + start + " " + boot;
    }
}
