package org.pgkeep.backup;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.server.ServerFacts;
import org.pgkeep.postgres.server.ServerSession;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.BackupWriter;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.ManifestHeader;
import org.pgkeep.repository.ManifestWriter;
import org.pgkeep.repository.Owner;
import org.pgkeep.repository.Repository;

/** Takes full backups. One instance may take several, one after another. */
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
        ControlFile control = ControlFile.parse(DataDirectory.controlBytes(request.dataDirectory()));
        ServerFacts facts = session.facts();
        Identity.assertSame(request.dataDirectory(), control, facts);
        ClusterStore cluster = register(request, control);
        ArchiveProof archive = new ArchiveProof(cluster.wal(), request, session, facts, progress);
        archive.before();
        try (BackupWriter writer = cluster.begin(BackupType.FULL, Owner.ofThisProcess(), progress::info)) {
            progress.info("backup " + writer.label() + " of cluster '" + request.cluster() + "'");
            Instant started = clock.instant();
            BackupMode mode = BackupMode.Online.begin(session, "pgkeep " + writer.label(), request.fastStart());
            Run run = new Run(request, cluster, writer, mode, control, Optional.of(facts), Optional.of(archive));
            return finish(run, started);
        }
    }

    /**
     * Backs up a stopped cluster.
     *
     * @throws PgkeepException {@code SERVER_RUNNING} when a server may run there, {@code CLUSTER_DAMAGED} when it was not shut down
     *     cleanly
     */
    public BackupResult offline(BackupRequest request) {
        Path directory = request.dataDirectory();
        ControlFile control = ControlFile.parse(DataDirectory.controlBytes(directory));
        if (DataDirectory.mayBeRunning(directory)) {
            throw new PgkeepException(
                    ErrorCode.SERVER_RUNNING,
                    directory + " has a postmaster.pid: a server runs there, or crashed",
                    "Back up without --offline, or stop the server cleanly first.");
        }
        if (!control.state().isShutDown()) {
            throw new PgkeepException(
                    ErrorCode.CLUSTER_DAMAGED,
                    "the cluster in " + directory + " was not shut down cleanly: its state is '" + control.state()
                            + "'",
                    "Start the server and stop it with 'pg_ctl stop', then back up.");
        }
        ClusterStore cluster = register(request, control);
        try (BackupWriter writer = cluster.begin(BackupType.FULL, Owner.ofThisProcess(), progress::info)) {
            progress.info("cold backup " + writer.label() + " of cluster '" + request.cluster() + "'");
            BackupMode mode = new BackupMode.Offline(control);
            Run run = new Run(request, cluster, writer, mode, control, Optional.empty(), Optional.empty());
            return finish(run, clock.instant());
        }
    }

    private ClusterStore register(BackupRequest request, ControlFile control) {
        return repository.register(
                request.cluster(), control.systemIdentifier(), control.version().text());
    }

    /** One backup under way. */
    private record Run(
            BackupRequest request,
            ClusterStore cluster,
            BackupWriter writer,
            BackupMode mode,
            ControlFile control,
            Optional<ServerFacts> facts,
            Optional<ArchiveProof> archive) {}

    private BackupResult finish(Run run, Instant started) {
        List<BackupRecord.Warning> warnings = new ArrayList<>();
        BackupRequest request = run.request;
        try (ClusterCopy copy = new ClusterCopy(request, run.control, run.mode, run.writer, progress)) {
            copy.run();
            BackupMode.Stop stop = run.mode.stop();
            Duration copying = Duration.between(started, clock.instant());
            BackupRecord.Sizes sizes = writeManifest(run, copy, stop, warnings);
            copy.warnings().forEach(message -> warnings.add(new BackupRecord.Warning("", List.of(), message)));
            Instant waiting = clock.instant();
            run.archive.ifPresent(archive -> awaitWal(run, archive, stop));
            BackupRecord record = run.writer.commit(record(run, started, stop, sizes, warnings));
            warnings.forEach(warning -> progress.warn(warning.message()));
            return new BackupResult(record, copying, Duration.between(waiting, clock.instant()));
        }
    }

    private BackupRecord.Sizes writeManifest(
            Run run, ClusterCopy copy, BackupMode.Stop stop, List<BackupRecord.Warning> warnings) {
        try (Progress.Step _ = progress.step("write manifest", 0);
                ManifestWriter manifest = run.writer.manifest(header(run, stop))) {
            ManifestAssembler assembler = new ManifestAssembler(copy.results(), warnings::add);
            assembler.write(copy.listing(), manifest);
            manifest.finish();
            return new BackupRecord.Sizes(assembler.files(), assembler.bytes(), 0, 0);
        }
    }

    private static ManifestHeader header(Run run, BackupMode.Stop stop) {
        BackupMode.Start start = run.mode.start();
        ControlFile control = run.control;
        return new ManifestHeader(
                run.writer.label(),
                Optional.empty(),
                List.of(run.writer.label()),
                control.systemIdentifier(),
                run.facts
                        .map(facts -> facts.version().number())
                        .orElse(control.version().firstNumber()),
                start.lsn(),
                stop.lsn(),
                start.timeline(),
                stop.timeline(),
                control.layout().blockBytes(),
                control.layout().walSegmentBytes(),
                control.hasChecksums(),
                BackupObjects.tablespaces(run.request.dataDirectory(), run.facts),
                BackupObjects.databases(run.facts),
                BackupObjects.options(run.request));
    }

    private static void awaitWal(Run run, ArchiveProof archive, BackupMode.Stop stop) {
        int segmentBytes = run.control.layout().walSegmentBytes();
        BackupMode.Start start = run.mode.start();
        archive.after(
                SegmentName.holding(start.timeline(), start.lsn(), segmentBytes),
                SegmentName.holdingBefore(stop.timeline(), stop.lsn(), segmentBytes),
                segmentBytes);
    }

    private BackupRecord record(
            Run run,
            Instant started,
            BackupMode.Stop stop,
            BackupRecord.Sizes sizes,
            List<BackupRecord.Warning> warnings) {
        BackupMode.Start start = run.mode.start();
        return new BackupRecord(
                run.writer.label(),
                Optional.empty(),
                run.cluster.record().current().id(),
                run.control.systemIdentifier(),
                run.control.version().text(),
                run.facts.isPresent(),
                start.onStandby(),
                started,
                clock.instant(),
                start.lsn(),
                stop.lsn(),
                start.timeline(),
                stop.timeline(),
                run.control.layout().walSegmentBytes(),
                run.control.hasChecksums(),
                run.request.compression().toString(),
                sizes,
                new BackupRecord.Manifest(0, 0),
                warnings,
                stop.backupLabelFile(),
                stop.tablespaceMap(),
                run.request.pgkeepVersion());
    }
}
