package org.pgkeep.stop;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.LeaseRecord;

/**
 * The process of this host that a lease names. Numbers of processes are used again, and another container may have our host's name: so
 * it counts only if it is a pgkeep that was there before the lease was taken.
 */
final class HolderProcess {
    /** By how much the start of a process may seem later than it was: the kernel counts in ticks from a boot time that is rounded. */
    private static final Duration ROUNDING = Duration.ofSeconds(2);

    private final ProcessHandle process;

    private HolderProcess(ProcessHandle process) {
        this.process = process;
    }

    static Optional<HolderProcess> of(LeaseRecord lease) {
        return ProcessHandle.of(lease.owner().process())
                .filter(found -> found.pid() != ProcessHandle.current().pid())
                .filter(found -> isPgkeep(found.info()) && isBefore(found.info(), lease.since()))
                .map(HolderProcess::new);
    }

    private static boolean isPgkeep(ProcessHandle.Info info) {
        String[] arguments = info.arguments().orElse(new String[0]);
        return Arrays.asList(arguments).contains("org.pgkeep.Main");
    }

    private static boolean isBefore(ProcessHandle.Info info, Instant taken) {
        return info.startInstant()
                .map(start -> start.minus(ROUNDING).isBefore(taken))
                .orElse(false);
    }

    /** Sends SIGTERM and waits for the orderly end; false when it does not come, or the process is not ours to signal. */
    boolean end(Duration longest) {
        if (!process.destroy()) {
            return false;
        }
        try {
            ProcessHandle _ = process.onExit().get(longest.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PgkeepException(ErrorCode.TERMINATED, "interrupted while waiting for " + process.pid())
                    .causedBy(e);
        }
    }
}
