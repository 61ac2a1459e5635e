package org.pgkeep.receive;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.pgkeep.codec.Compression;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.server.ConnectionSettings;
import org.pgkeep.postgres.server.ReplicationSession;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.SegmentPush;

/** Streams WAL into a repository until it is told to stop. */
public final class Receive {
    private static final Duration PAUSE_MIN = Duration.ofMillis(200);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(10);

    private final Repository repository;
    private final Progress progress;

    /** Into this repository, which stays the caller's to close. */
    public Receive(Repository repository, Progress progress) {
        this.repository = repository;
        this.progress = progress;
    }

    /**
     * What to do.
     *
     * @param servers whose WAL to take: of those that answer, the one on the newest timeline
     * @param applicationName the name of this standby
     * @param slot that keeps the WAL until it is here; empty for none
     * @param createSlot whether to make it where there is none
     * @param synchronous whether somebody waits for what is confirmed, even if the server does not say so
     * @param flushInterval how old what came may become before it is durable, when nobody waits for it
     * @param flushBytes how much may wait to be made durable
     * @param summarize whether to store beside a segment which blocks it changes
     * @param loop whether to try again for ever when no server can be reached
     * @param directory where the running segment is while it fills
     */
    public record Request(
            ClusterName cluster,
            List<ConnectionSettings> servers,
            String applicationName,
            Optional<String> slot,
            boolean createSlot,
            boolean synchronous,
            Duration flushInterval,
            long flushBytes,
            Compression compression,
            boolean summarize,
            boolean loop,
            Path directory) {
        public Request {
            servers = List.copyOf(servers);
        }
    }

    /**
     * Streams until this thread is interrupted; then what came is made durable and confirmed, and it returns.
     *
     * @return the LSN behind the last byte that is in the repository; empty when nothing came
     * @throws PgkeepException what cannot get better by waiting; {@code CONNECT} when it must not wait; {@code STOPPED}
     */
    public Optional<Lsn> run(Request request) {
        ClusterStore cluster = repository.cluster(request.cluster());
        cluster.fencing().assertOpen();
        AtomicBoolean stopped = new AtomicBoolean();
        // On a thread of its own: an interrupt in the middle of a write would break it.
        FutureTask<Optional<Lsn>> task = new FutureTask<>(() -> {
            try (Workplace workplace = Workplace.make(request.directory(), request.cluster())) {
                return new Following(cluster, request, workplace.directory(), stopped::get, progress).run();
            }
        });
        Thread.ofPlatform().daemon().name("receive").start(task);
        while (true) {
            try {
                return task.get();
            } catch (InterruptedException e) {
                stopped.set(true);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException failure) {
                    throw failure;
                }
                throw new PgkeepException(ErrorCode.BUG, "cannot receive WAL: " + e.getCause()).causedBy(e);
            }
        }
    }

    /** Removes the slot from the first server that can be reached; whether there was one. */
    public boolean dropSlot(Request request, String slot) {
        ClusterStore cluster = repository.cluster(request.cluster());
        Upstreams servers = new Upstreams(
                request.servers(),
                request.applicationName(),
                cluster.record().current().systemIdentifier(),
                progress);
        try (Upstream server = servers.choose()) {
            return server.session().dropSlot(slot);
        }
    }

    /** How long to wait after so many failures in a row. */
    static Duration pause(int failures) {
        Duration pause = PAUSE_MIN.multipliedBy(1L << Math.min(failures, 10));
        return pause.compareTo(PAUSE_MAX) > 0 ? PAUSE_MAX : pause;
    }

    /** Whether waiting may help. */
    static boolean isPassing(PgkeepException e) {
        return switch (e.code()) {
            case CONNECT, QUERY, STORAGE, DISK_FULL, ARCHIVING, FILE_WRITE, FILE_READ -> true;
            default -> false;
        };
    }

    /** Whether a text can name a slot. */
    public static boolean isSlotName(String text) {
        return ReplicationSession.isSlotName(text);
    }

    static SegmentPush push(ClusterStore cluster, Request request) {
        return SegmentPush.into(cluster, request.compression(), request.summarize());
    }
}
