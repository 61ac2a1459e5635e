package org.pgkeep.postgres.server;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.PgkeepException;

/** Looks after a running backup's session until closed. */
public final class Watch implements AutoCloseable {
    private final Runnable question;
    private final Duration every;
    private final Consumer<PgkeepException> whenLost;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable PgkeepException loss;

    private Watch(Runnable question, Duration every, Consumer<PgkeepException> whenLost) {
        this.question = question;
        this.every = every;
        this.whenLost = whenLost;
    }

    /** Starts asking; the question throws when the backup is lost. */
    static Watch start(Runnable question, Duration every, Consumer<PgkeepException> whenLost) {
        Watch watch = new Watch(question, every, whenLost);
        Thread.ofPlatform().daemon().name("pgkeep-watch").start(watch::run);
        return watch;
    }

    private void run() {
        try {
            while (!closed.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
                question.run();
            }
        } catch (PgkeepException e) {
            loss = e;
            whenLost.accept(e);
        } catch (InterruptedException _) {
            // Nobody but the JVM's end interrupts this thread.
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Throws when the backup was found lost.
     *
     * @throws PgkeepException {@code BACKUP_INTERRUPTED} with the reason
     */
    public void check() {
        PgkeepException found = loss;
        if (found != null) {
            throw found;
        }
    }

    /** Stops asking. A question under way is not waited for. */
    @Override
    public void close() {
        closed.countDown();
    }
}
