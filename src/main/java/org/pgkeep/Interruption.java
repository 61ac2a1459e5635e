package org.pgkeep;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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

    /** Runs the work on this thread and returns its exit status; does not return once a signal has come. */
    static int guard(IntSupplier work) {
        Thread worker = Thread.currentThread();
        CountDownLatch finished = new CountDownLatch(1);
        AtomicBoolean stopping = new AtomicBoolean();
        Thread hook = new Thread(() -> end(worker, finished, stopping), "signal");
        Runtime.getRuntime().addShutdownHook(hook);
        int status = work.getAsInt();
        finished.countDown();
        if (stopping.get()) {
            park();
        }
        return status;
    }

    private static void end(Thread worker, CountDownLatch finished, AtomicBoolean stopping) {
        if (finished.getCount() == 0) {
            return; // the ordinary end: System.exit runs hooks, too
        }
        stopping.set(true);
        worker.interrupt();
        try {
            finished.await(CLEANUP_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // Without halt the status would be the signal's, 130 or 143.
        Runtime.getRuntime().halt(ErrorCode.TERMINATED.exitStatus());
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
