package org.pgkeep.archive;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** How an archiver or prefetcher waits for what happens, and until when it stays. */
final class Tenure {
    /** So often it looks whether it should end. */
    static final Duration TICK = Duration.ofMillis(500);

    private final Spool spool;
    private final BlockingQueue<SpoolEvent> events;
    private final Circumstances circumstances;
    private final Duration idle;
    private final Archives archives;
    private final boolean slowWithCiphers;
    private long busy = System.nanoTime();

    /**
     * Begins now.
     *
     * @param dataDirectory the server's
     * @param configuration files with whose change it ends
     * @param idle after so long without work it ends
     * @param archives where it pushes to or gets from
     * @param slowWithCiphers whether it ends when one of these is sealed
     */
    Tenure(
            Spool spool,
            BlockingQueue<SpoolEvent> events,
            Path dataDirectory,
            List<Path> configuration,
            Duration idle,
            Archives archives,
            boolean slowWithCiphers) {
        this.spool = spool;
        this.events = events;
        this.circumstances = new Circumstances(dataDirectory, configuration);
        this.idle = idle;
        this.archives = archives;
        this.slowWithCiphers = slowWithCiphers;
    }

    /** There is or was work just now. */
    void busy() {
        busy = System.nanoTime();
    }

    /** Why to end now; empty while there is no reason. */
    Optional<String> end() {
        if (spool.isRetired()) {
            return Optional.of("the command is another, or another build of pgkeep");
        }
        if (circumstances.changed()) {
            return Optional.of("the server is another, or its configuration file changed");
        }
        if (slowWithCiphers && archives.isSealed()) {
            spool.askForCiphers();
            return Optional.of("a repository is sealed: the next one is as fast with ciphers as Java can be");
        }
        return System.nanoTime() - busy > idle.toNanos() ? Optional.of("there was nothing to do") : Optional.empty();
    }

    /** What happened next; empty when that takes longer than a tick. */
    Optional<SpoolEvent> await() {
        try {
            return Optional.ofNullable(events.poll(TICK.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PgkeepException(ErrorCode.TERMINATED, "interrupted").causedBy(e);
        }
    }

    /** Whether something happened already. */
    boolean hasEvents() {
        return !events.isEmpty();
    }
}
