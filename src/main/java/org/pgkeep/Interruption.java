package org.pgkeep;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.pgkeep.error.ErrorCode;

/**
 * What SIGINT and SIGTERM do: the working thread is interrupted, which every wait of a feature turns into an orderly end (the
 * server leaves backup mode, leases are released, temporary files removed), and the process waits for that before it ends.
 */
final class Interruption {
    /** Longest time for an orderly end; a service manager kills after 90 seconds by default. */
    private static final long CLEANUP_SECONDS_MAX = 60;

    private Interruption() {}

    /**
     * Runs the work on this thread and returns its exit status; does not return once a signal has come.
     *
     * @param endless whether a signal is the ordinary end of this work, whose status then is the process's
     */
    static int guard(IntSupplier work, boolean endless) {
        Thread worker = Thread.currentThread();
        CountDownLatch finished = new CountDownLatch(1);
        AtomicBoolean stopping = new AtomicBoolean();
        AtomicInteger status = new AtomicInteger(ErrorCode.TERMINATED.exitStatus());
        Thread hook = new Thread(() -> end(worker, finished, stopping, status), "signal");
        Runtime.getRuntime().addShutdownHook(hook);
        int result = work.getAsInt();
        if (endless) {
            status.set(result);
        }
        finished.countDown();
        if (stopping.get()) {
            park();
        }
        return result;
    }

    private static void end(Thread worker, CountDownLatch finished, AtomicBoolean stopping, AtomicInteger status) {
        if (finished.getCount() == 0) {
            return; // the ordinary end: an exit runs hooks, too
        }
        stopping.set(true);
        worker.interrupt();
        try {
            finished.await(CLEANUP_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // Without halt the status would be the signal's, 130 or 143.
        Runtime.getRuntime().halt(status.get());
    }

    /** Waits for the hook to halt the process. */
    private static void park() {
        while (true) {
            try {
                Thread.sleep(Long.MAX_VALUE);
            } catch (InterruptedException e) {
                // Only the hook may end the process now.
            }
        }
    }
}
