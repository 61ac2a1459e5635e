package org.pgkeep.backup;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgkeep.backup.change.ChangeFinder;
import org.pgkeep.backup.change.Changes;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.postgres.server.ServerFacts;
import org.pgkeep.postgres.server.ServerSession;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupWal;
import org.pgkeep.repository.BackupWriter;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.ManifestHeader;
import org.pgkeep.repository.ManifestWriter;
import org.pgkeep.repository.StrayTimeline;

/** One backup from the moment at which the server is in backup mode: find changes, copy, write the manifest, await WAL, commit. */
final class BackupRun {
    private final BackupRequest request;
    private final ClusterStore cluster;
    private final BackupWriter writer;
    private final Optional<BackupRecord> base;
    private final Remains remains;
    private final BackupMode mode;
    private final ControlFile control;
    private final Optional<Server> server;
    private final InstantSource clock;
    private final Progress progress;
    private final WalFiles walFiles;
    private final Warnings warnings = new Warnings();

    /** What a backup of a running server has besides. */
    record Server(ServerSession session, ServerFacts facts, NeededWal wal) {}

    BackupRun(
            BackupRequest request,
            ClusterStore cluster,
            BackupWriter writer,
            Optional<BackupRecord> base,
            Remains remains,
            BackupMode mode,
            ControlFile control,
            Optional<Server> server,
            InstantSource clock,
            Progress progress) {
        this.request = request;
        this.cluster = cluster;
        this.writer = writer;
        this.base = base;
        this.remains = remains;
        this.mode = mode;
        this.control = control;
        this.server = server;
        this.clock = clock;
        this.progress = progress;
        this.walFiles = new WalFiles(
                request.temporary(),
                control.version().walDirectory(),
                request.dataDirectory().resolve(ControlFile.PATH),
                () -> writer.appender(request.compression(), request.packBytes()),
                progress);
    }

    /** Takes the backup. */
    BackupResult finish(Instant started) {
        try (WalFiles files = walFiles) {
            try {
                server.ifPresent(running -> running.wal.started(mode.start(), files));
                return copied(started);
            } finally {
                // What fills the files must have stopped before they go.
                server.ifPresent(running -> running.wal.close());
            }
        }
    }

    /** A standby may be behind. */
    private Optional<String> strayTimeline() {
        return server.map(Server::facts)
                .filter(facts -> !facts.inRecovery())
                .flatMap(facts -> StrayTimeline.warning(cluster.wal(), facts.timeline()));
    }

    private BackupResult copied(Instant started) {
        if (base.isEmpty()) {
            return finish(started, Optional.empty());
        }
        try (Changes changes = changes(base.get(), started)) {
            return finish(started, Optional.of(new Increment(cluster, base.get(), changes)));
        } catch (PgkeepException e) {
            throw e.code() == ErrorCode.DAMAGED
                    ? e.withHint(
                            "Take a backup that needs nothing of older ones: --type full; 'pgkeep verify' says what"
                                    + " else is damaged.")
                    : e;
        }
    }

    private Changes changes(BackupRecord from, Instant started) {
        BackupMode.Start start = mode.start();
        TimelineHistory history =
                ServerHistory.of(request.walDirectory(control.version()), cluster.wal(), start.timeline());
        // What was looked at before may have changed: the server may have been promoted since.
        new BaseChoice(cluster, history, start.lsn(), start.lsn(), progress)
                .whyNotFrom(from)
                .ifPresent(why -> {
                    throw new PgkeepException(
                            ErrorCode.BASE_UNUSABLE,
                            "backup " + from.label() + " cannot be the base: " + why,
                            "Run the command again: pgkeep then takes another base, or makes a full backup.");
                });
        ChangeFinder finder = new ChangeFinder(server.map(Server::session), progress);
        return finder.find(new ChangeFinder.Request(
                request.changes(),
                from,
                start.lsn(),
                history,
                control,
                request.dataDirectory(),
                cluster.wal(),
                request.walDirectory(control.version()),
                request.temporary(),
                request.jobs(),
                request.pageChecks(),
                started,
                doubt(from)));
    }

    /** A primary has proved before that what the archive gets is its own. */
    private Optional<String> doubt(BackupRecord from) {
        boolean proved = server.isPresent()
                && request.archiveCheck()
                && !mode.start().onStandby()
                && server.get().wal.place() != BackupWal.STREAM;
        return proved
                ? Optional.empty()
                : new SameLife(
                                cluster,
                                request.walDirectory(control.version()),
                                server.map(running -> running.facts.startTime()),
                                mode.start().lsn())
                        .doubt(from);
    }

    private BackupResult finish(Instant started, Optional<Increment> increment) {
        try (ClusterCopy copy =
                new ClusterCopy(request, control, mode, writer, increment, remains, this::check, progress)) {
            copy.list();
            copy.run(() -> server.ifPresent(running -> running.wal.before()));
            BackupMode.Stop stop = mode.stop();
            Duration copying = Duration.between(started, clock.instant());
            Instant completing = clock.instant();
            NeededWal.Need need =
                    NeededWal.Need.of(mode.start(), stop, control.layout().walSegmentBytes());
            server.ifPresent(running -> running.wal.complete(need, walFiles));
            Duration completed = Duration.between(completing, clock.instant());
            Written written = writeManifest(copy, increment, stop);
            strayTimeline().ifPresent(warnings::add);
            copy.warnings().forEach(warnings::add);
            Instant waiting = clock.instant();
            server.ifPresent(running -> running.wal.after(need));
            Duration waited = completed.plus(Duration.between(waiting, clock.instant()));
            request.remarks().write(cluster.marks(), writer.label(), clock.instant(), progress);
            BackupRecord record = writer.commit(record(started, stop, written));
            warnings.all().forEach(warning -> progress.warn(warning.message()));
            return new BackupResult(record, copying, waited);
        }
    }

    private void check() {
        mode.check();
        server.ifPresent(running -> running.wal.check());
    }

    /** What the manifest came to. */
    private record Written(
            BackupRecord.Sizes sizes,
            Optional<BackupRecord.Comparison> comparison,
            Optional<BackupRecord.Resumption> resumption,
            List<BackupRecord.Reference> references) {}

    private Written writeManifest(ClusterCopy copy, Optional<Increment> increment, BackupMode.Stop stop) {
        if (increment.isEmpty()) {
            return writeManifest(
                    copy, null, new References(writer.label(), remains.attempts()), Optional.empty(), stop);
        }
        try (BaseManifest manifest = increment.get().manifest()) {
            References references = new References(
                    writer.label(),
                    remains.attempts(),
                    increment.get().base(),
                    manifest.header().sources());
            BackupRecord.Comparison comparison = new BackupRecord.Comparison(
                    increment.get().changes().way().word(),
                    copy.results().readBlocks(),
                    copy.results().storedBlocks());
            return writeManifest(copy, manifest, references, Optional.of(comparison), stop);
        }
    }

    private Written writeManifest(
            ClusterCopy copy,
            @Nullable BaseManifest from,
            References references,
            Optional<BackupRecord.Comparison> comparison,
            BackupMode.Stop stop) {
        try (Progress.Step _ = progress.step("write manifest", 0);
                ManifestWriter manifest = writer.manifest(header(references, stop))) {
            ManifestAssembler assembler =
                    new ManifestAssembler(copy.results().sorted(), from, references, warnings::add);
            assembler.write(copy.listing(), walFiles, manifest);
            manifest.finish();
            return new Written(
                    BackupRecord.Sizes.ofCluster(assembler.files(), assembler.bytes()),
                    comparison,
                    resumption(copy.results().foundBlocks()),
                    references.named());
        }
    }

    private Optional<BackupRecord.Resumption> resumption(long blocks) {
        return remains.attempts().isEmpty()
                ? Optional.empty()
                : Optional.of(new BackupRecord.Resumption(remains.attempts(), blocks));
    }

    private ManifestHeader header(References references, BackupMode.Stop stop) {
        BackupMode.Start start = mode.start();
        Optional<ServerFacts> facts = server.map(Server::facts);
        return new ManifestHeader(
                writer.label(),
                base.map(BackupRecord::label),
                references.sources(),
                control.systemIdentifier(),
                facts.map(known -> known.version().number())
                        .orElse(control.version().firstNumber()),
                start.lsn(),
                stop.lsn(),
                start.timeline(),
                stop.timeline(),
                control.layout().blockBytes(),
                control.layout().walSegmentBytes(),
                control.hasChecksums(),
                BackupObjects.tablespaces(request.dataDirectory(), facts),
                BackupObjects.databases(facts),
                BackupObjects.options(request));
    }

    private BackupRecord record(Instant started, BackupMode.Stop stop, Written written) {
        BackupMode.Start start = mode.start();
        return new BackupRecord(
                writer.label(),
                base.map(BackupRecord::label),
                Optional.empty(),
                BackupRecord.differential(writer.label(), base),
                written.comparison,
                written.resumption,
                written.references,
                cluster.record().current().id(),
                control.systemIdentifier(),
                control.version().text(),
                server.map(running -> running.wal.place()).orElse(BackupWal.NONE),
                start.onStandby(),
                started,
                clock.instant(),
                start.lsn(),
                stop.lsn(),
                start.timeline(),
                stop.timeline(),
                control.layout().walSegmentBytes(),
                control.hasChecksums(),
                request.compression().toString(),
                written.sizes,
                new BackupRecord.Manifest(0, 0),
                warnings.all(),
                stop.backupLabelFile(),
                stop.tablespaceMap(),
                request.pgkeepVersion());
    }
}
