package org.pgkeep.backup;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.postgres.server.ServerFacts;
import org.pgkeep.postgres.server.ServerSession;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.BackupWriter;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Leases;
import org.pgkeep.repository.Owner;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.Resume;

/** Takes backups. One instance may take several, one after another. */
public final class Backup {
    private final Repository repository;
    private final InstantSource clock;
    private final Progress progress;

    /** A way to take backups into a repository. */
    public Backup(Repository repository, InstantSource clock, Progress progress) {
        this.repository = repository;
        this.clock = clock;
        this.progress = progress;
    }

    /**
     * Backs up a running cluster through a session with its server.
     *
     * @throws PgkeepException with the code of what went wrong; nothing of the backup is left then
     */
    public BackupResult online(BackupRequest request, ServerSession session) {
        Xxh3.prepare();
        ControlFile control = ControlFile.parse(DataDirectory.controlBytes(request.dataDirectory()));
        ServerFacts facts = session.facts();
        Identity.assertSame(request.dataDirectory(), control, facts);
        ClusterStore cluster = register(request, control);
        try (NeededWal wal = wal(request, cluster, session, facts, control)) {
            wal.begin();
            return online(request, cluster, control, new BackupRun.Server(session, facts, wal));
        }
    }

    private BackupResult online(
            BackupRequest request, ClusterStore cluster, ControlFile control, BackupRun.Server running) {
        ServerSession session = running.session();
        ServerFacts facts = running.facts();
        AtomicReference<Optional<BackupRecord>> base = new AtomicReference<>(Optional.empty());
        try (BackupWriter writer = begin(
                        request,
                        cluster,
                        () -> choose(request, cluster, control, At.of(session, facts, request.dataDirectory()), base));
                Remains remains = remains(request, cluster, writer)) {
            request.remarks().assertFree(cluster.marks());
            tell("backup", writer, base.get());
            return freeingFullDisk(writer, () -> {
                Instant started = clock.instant();
                BackupMode mode = BackupMode.Online.begin(session, "pgkeep " + writer.label(), request.fastStart());
                Identity.assertWritten(request.dataDirectory(), mode.start().lsn(), facts);
                Optional<BackupRun.Server> server = Optional.of(running);
                return new BackupRun(
                                request, cluster, writer, base.get(), remains, mode, control, server, clock, progress)
                        .finish(started);
            });
        }
    }

    /**
     * Backs up a stopped cluster.
     *
     * @throws PgkeepException {@code SERVER_RUNNING} when a server may run there, {@code CLUSTER_DAMAGED} when it was not shut down
     *     cleanly
     */
    public BackupResult offline(BackupRequest request) {
        Xxh3.prepare();
        Path directory = request.dataDirectory();
        ControlFile control = ControlFile.parse(DataDirectory.controlBytes(directory));
        BackupMode mode = BackupMode.Offline.of(directory, control);
        ClusterStore cluster = register(request, control);
        BackupMode.Stop stop = mode.stop();
        At at = new At(stop.timeline(), stop.lsn(), mode.start().lsn());
        AtomicReference<Optional<BackupRecord>> base = new AtomicReference<>(Optional.empty());
        try (BackupWriter writer = begin(request, cluster, () -> choose(request, cluster, control, at, base));
                Remains remains = remains(request, cluster, writer)) {
            request.remarks().assertFree(cluster.marks());
            tell("cold backup", writer, base.get());
            Optional<BackupRun.Server> none = Optional.empty();
            return freeingFullDisk(
                    writer,
                    () -> new BackupRun(
                                    request, cluster, writer, base.get(), remains, mode, control, none, clock, progress)
                            .finish(clock.instant()));
        }
    }

    private NeededWal wal(
            BackupRequest request,
            ClusterStore cluster,
            ServerSession session,
            ServerFacts facts,
            ControlFile control) {
        Path directory = request.walDirectory(control.version());
        Supplier<ArchiveProof> archive =
                () -> new ArchiveProof(cluster.wal(), directory, request, session, facts, progress);
        return switch (request.wal()) {
            case ARCHIVE -> archive.get();
            case COPY -> new CopiedWal(archive.get(), cluster.wal(), progress);
            case STREAM -> new StreamedWal(session, facts, request.archiveTimeout(), progress);
            case NONE -> throw new PgkeepException(ErrorCode.BUG, "a backup of a running server without its WAL");
        };
    }

    private BackupWriter begin(BackupRequest request, ClusterStore cluster, Supplier<BackupType> type) {
        return cluster.begin(
                type,
                Owner.ofThisProcess(),
                new Leases.Patience(request.waitLongest(), progress::info),
                new Resume(request.resume(), request.compression().toString(), progress::info));
    }

    /** Before backup mode begins: reading takes its time, and the less WAL a backup needs, the better. */
    private Remains remains(BackupRequest request, ClusterStore cluster, BackupWriter writer) {
        return Remains.prove(cluster, writer.claimed(), request, writer::checkHeld, progress);
    }

    /** What ended because the disk is full must not go on filling it: WAL may be archived there. */
    private static BackupResult freeingFullDisk(BackupWriter writer, Supplier<BackupResult> run) {
        try {
            return run.get();
        } catch (PgkeepException e) {
            if (e.code() == ErrorCode.DISK_FULL) {
                writer.discard();
            }
            throw e;
        }
    }

    private ClusterStore register(BackupRequest request, ControlFile control) {
        ClusterStore cluster = repository.register(
                request.cluster(), control.systemIdentifier(), control.version().text());
        // Before the proof of archiving, which would fail for the same reason and not say it.
        cluster.fencing().assertOpen();
        return cluster;
    }

    /** How far the server is, and where a backup of it begins at the earliest. */
    private record At(int timeline, Lsn now, Lsn earliestStart) {
        /** Of a running server; asked once nobody else takes a backup, which would lie in its future else. */
        static At of(ServerSession session, ServerFacts facts, Path dataDirectory) {
            Lsn now = session.currentLsn();
            // A standby begins a backup at its last restart point, which may lie well before where it is.
            return new At(
                    facts.timeline(),
                    now,
                    facts.inRecovery()
                            ? ControlFile.parse(DataDirectory.controlBytes(dataDirectory))
                                    .checkpoint()
                                    .redo()
                            : now);
        }
    }

    private BackupType choose(
            BackupRequest request,
            ClusterStore cluster,
            ControlFile control,
            At at,
            AtomicReference<Optional<BackupRecord>> base) {
        if (request.type() == BackupType.FULL) {
            return BackupType.FULL;
        }
        TimelineHistory history = ServerHistory.of(request.walDirectory(control.version()), cluster.wal(), at.timeline);
        base.set(new BaseChoice(cluster, history, at.now, at.earliestStart, progress)
                .choose(request.type(), request.base()));
        return base.get().isPresent() ? request.type() : BackupType.FULL;
    }

    private void tell(String what, BackupWriter writer, Optional<BackupRecord> base) {
        progress.info(what + " " + writer.label()
                + base.map(backup -> ", changes since " + backup.label() + ",").orElse("") + " of cluster '"
                + writer.cluster() + "'"
                + (writer.claimed().isEmpty()
                        ? ""
                        : ", resuming "
                                + String.join(
                                        " and ",
                                        writer.claimed().stream()
                                                .map(Label::value)
                                                .toList())));
    }
}
