package org.pgkeep.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.postgres.server.ReplicationSession;
import org.pgkeep.postgres.server.ServerFacts;
import org.pgkeep.postgres.server.ServerSession;
import org.pgkeep.postgres.server.SynchronousStandbys;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupWal;

/**
 * WAL that is received from the server while its files are copied: the backup needs no archive. Nothing waits for the end of a
 * segment, so that the backup of an idle server ends at once. A temporary slot keeps the server from removing WAL before it is
 * sent; 9.6 has none, and there the stream begins with the backup.
 */
final class StreamedWal implements NeededWal {
    private static final String APPLICATION_NAME = "pgkeep backup";
    private static final Duration LOOK = Duration.ofMillis(100);

    private final ServerSession session;
    private final ServerFacts facts;
    private final Duration timeout;
    private final Progress progress;
    private @Nullable ReplicationSession replication;
    private Optional<String> slot = Optional.empty();
    private @Nullable WalReception reception;

    /**
     * WAL to come.
     *
     * @param timeout how long nothing may come that is needed
     */
    StreamedWal(ServerSession session, ServerFacts facts, Duration timeout, Progress progress) {
        this.session = session;
        this.facts = facts;
        this.timeout = timeout;
        this.progress = progress;
    }

    @Override
    public BackupWal place() {
        return BackupWal.STREAM;
    }

    @Override
    public void begin() {
        ReplicationSession opened = session.replication(APPLICATION_NAME);
        replication = opened;
        if (facts.version().number() >= 100000) {
            String name = "pgkeep_backup_"
                    + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
            boolean _ = opened.createSlot(name, true);
            slot = Optional.of(name);
        }
    }

    @Override
    public void started(BackupMode.Start start, WalFiles files) {
        ReplicationSession opened = begun(replication);
        if (start.timeline() != 1) {
            history(opened, start.timeline(), files);
        }
        WalReception received = new WalReception(
                opened.stream(slot, start.lsn().startOfSegment(facts.walSegmentBytes()), start.timeline()),
                files,
                start.timeline(),
                facts.walSegmentBytes(),
                start.lsn().startOfSegment(facts.walSegmentBytes()),
                mayConfirm());
        reception = received;
        received.start();
    }

    private static void history(ReplicationSession from, int timeline, WalFiles files) {
        String name = TimelineHistory.fileName(timeline);
        try {
            Files.write(files.place(name), from.historyFile(timeline));
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "write " + files.place(name), e);
        }
        files.add(name);
    }

    /**
     * What is confirmed, the server need not keep. But one that waits for any standby, or for one of this name, would take this for
     * it, and commits would hang until a segment is full.
     */
    private boolean mayConfirm() {
        return session.setting("synchronous_standby_names")
                .map(names -> !SynchronousStandbys.include(names, APPLICATION_NAME))
                .orElse(true);
    }

    @Override
    public void before() {
        // There is nothing to prove: what is lost is noticed at once.
    }

    @Override
    public void check() {
        begun(reception).check();
    }

    @Override
    public void complete(Need need, WalFiles files) {
        if (need.span().timelines().size() > 1) {
            throw new PgkeepException(
                    ErrorCode.BACKUP_INTERRUPTED,
                    "the standby went on to timeline "
                            + Integer.toUnsignedString(need.span().last().timeline()) + " while it was backed up",
                    "Run the backup again.");
        }
        WalReception received = begun(reception);
        received.endAt(need.stop());
        try (Progress.Step step = progress.step("receive WAL up to " + need.stop(), 0)) {
            long lastNews = System.nanoTime();
            Lsn reached = received.reached();
            while (!received.awaitEnd(LOOK)) {
                if (!received.reached().equals(reached)) {
                    reached = received.reached();
                    step.note(reached.toString());
                    lastNews = System.nanoTime();
                } else if (System.nanoTime() - lastNews > timeout.toNanos()) {
                    throw new PgkeepException(
                            ErrorCode.ARCHIVING,
                            "the server sent no WAL for " + timeout.toSeconds() + " s, the last was " + reached
                                    + ", and the backup needs it up to " + need.stop(),
                            "Look into the server's log. On a standby, look whether its own WAL still comes.");
                }
            }
        }
        received.check();
        files.finish();
    }

    @Override
    public void after(Need need) {
        // It is in the backup.
    }

    private static <T> T begun(@Nullable T it) {
        if (it == null) {
            throw new PgkeepException(ErrorCode.BUG, "WAL is asked for that was never begun");
        }
        return it;
    }

    @Override
    public void close() {
        if (reception != null) {
            reception.close();
        }
        if (replication != null) {
            replication.close();
        }
    }
}
