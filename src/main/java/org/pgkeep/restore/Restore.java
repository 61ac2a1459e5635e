package org.pgkeep.restore;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.linux.LinuxFile;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.RecoverySettings;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.units.ByteCount;

/** Brings a cluster back from a backup; the package page tells the order of steps. */
public final class Restore {
    private static final String OTHER =
            "Another backup may be whole: 'pgkeep verify' says which are damaged, 'pgkeep info' which there are; name it with --backup.";

    private final ClusterStore cluster;
    private final List<Elsewhere> elsewhere;
    private final Progress progress;
    private final InstantSource clock;

    /** Restores from this cluster's backups. */
    public Restore(ClusterStore cluster, Progress progress, InstantSource clock) {
        this(cluster, List.of(), progress, clock);
    }

    /** The same; what is damaged there comes from other repositories, where they have a copy of the backup. */
    public Restore(ClusterStore cluster, List<Elsewhere> elsewhere, Progress progress, InstantSource clock) {
        this.cluster = cluster;
        this.elsewhere = List.copyOf(elsewhere);
        this.progress = progress;
        this.clock = clock;
    }

    /**
     * Restores.
     *
     * @throws PgkeepException before anything is touched: {@code TARGET_UNREACHABLE}, {@code BACKUP_UNKNOWN}, {@code
     *     DAMAGED} for a backup that is marked so, {@code PATH_NOT_EMPTY}, {@code CLUSTER_MISMATCH}, {@code PATH_MISSING}, {@code PERMISSION}, {@code SERVER_RUNNING}, {@code USAGE}, {@code
     *     VERSION_UNSUPPORTED}, {@code DAMAGED} for a damaged manifest. Later, leaving a directory that PostgreSQL cannot start
     *     and that the next run completes: {@code DAMAGED}, naming pack and frame; {@code DISK_FULL}, {@code PERMISSION} and
     *     {@code FILE_WRITE}, naming the file; {@code TERMINATED}
     */
    public RestoreResult run(RestoreRequest request) {
        Instant start = clock.instant();
        LinuxFile.prepare();
        Xxh3.prepare();
        BackupChoice.Chosen chosen = new BackupChoice(cluster, elsewhere, request.wanted(), progress).choose();
        BackupRecord backup = chosen.backup();
        MajorVersion version = version(backup);
        // Asked now, because a version that does not know the target must be refused before anything is touched.
        Map<String, String> settings = new LinkedHashMap<>(
                chosen.settings().map(asked -> asked.settings(version)).orElse(Map.of()));
        settings.putAll(parameters(request.archiveMode()));
        Spares spares = new Spares(backup, elsewhere, progress);
        try (Plan plan = plan(backup, spares, request)) {
            Destinations destinations = new Destinations(plan, request, backup, version);
            destinations.check();
            progress.info((request.dryRun() ? "dry run: " : "") + "restoring backup " + backup.label() + " of cluster '"
                    + cluster.name() + "', " + ByteCount.print(plan.bytes()) + " in "
                    + plan.files().count() + " files, " + (destinations.areCompared() ? "over " : "into ")
                    + request.target());
            backup.warnings().forEach(warning -> progress.warn("the backup has a warning: " + warning.message()));
            Filling filling = new Filling(
                    cluster, spares, plan, request.jobs(), trusts(request, backup, plan, destinations), progress);
            Done done = request.dryRun()
                    ? new Done(List.of(), foresee(version, filling, destinations, plan))
                    : write(request, chosen, version, plan, destinations, filling);
            return new RestoreResult(
                    backup,
                    plan.files().count(),
                    plan.bytes(),
                    Duration.between(start, clock.instant()),
                    settings,
                    done.written,
                    destinations.paths(),
                    done.delta,
                    request.dryRun());
        } catch (PgkeepException e) {
            // An interrupt closes the file that this thread was using, which is no failure of that file.
            if (e.getCause() instanceof ClosedByInterruptException) {
                throw new PgkeepException(ErrorCode.TERMINATED, "the restore was interrupted").causedBy(e);
            }
            throw e.code() == ErrorCode.DAMAGED ? e.withHint(OTHER) : e;
        }
    }

    private Plan plan(BackupRecord backup, Spares spares, RestoreRequest request) {
        try {
            return Plan.read(cluster, backup, request);
        } catch (PgkeepException e) {
            return spares.instead(e, other -> Plan.read(other, backup, request));
        }
    }

    /**
     * Says how a restore would get to its target, without restoring.
     *
     * @throws PgkeepException {@code TARGET_UNREACHABLE}, {@code BACKUP_UNKNOWN}, {@code DAMAGED} when it could not
     */
    public Way way(Wanted wanted) {
        return new BackupChoice(cluster, elsewhere, wanted, progress).route().way();
    }

    /** Parameters of the server, not of its recovery: in {@code postgresql.auto.conf} also before 12. */
    private static Map<String, String> parameters(ArchiveMode mode) {
        return switch (mode) {
            case PRESERVE -> Map.of();
            case OFF -> Map.of("archive_mode", "off");
        };
    }

    private static MajorVersion version(BackupRecord backup) {
        return MajorVersion.ofText(backup.majorVersion())
                .orElseThrow(() -> new PgkeepException(
                        ErrorCode.VERSION_UNSUPPORTED,
                        "backup " + backup.label() + " is of PostgreSQL " + backup.majorVersion()
                                + ", which this pgkeep does not know",
                        "Use a newer pgkeep."));
    }

    /** What a run did: files written beside the backup's own, and the saving, if there was something to compare. */
    private record Done(List<String> written, Optional<DeltaReport> delta) {}

    private Done write(
            RestoreRequest request,
            BackupChoice.Chosen chosen,
            MajorVersion version,
            Plan plan,
            Destinations destinations,
            Filling filling) {
        try (Mark mark = destinations.prepare(chosen.backup().label())) {
            FileTable files = plan.files();
            FileTable.Ownership ownership = files.ownership(files.control());
            Owners owners = Owners.ofThisProcess(ownership, progress);
            FileDigests digests = new FileDigests(request.manifestChecksum(), files);
            DirectoryTree tree = new DirectoryTree(plan, owners);
            Optional<Clearing> clearing =
                    destinations.areCompared() ? Optional.of(new Clearing(plan, version, false)) : Optional.empty();
            clearing.ifPresent(Clearing::run);
            destinations.make();
            if (clearing.isEmpty()) {
                tellIfTooSmall(destinations, plan);
            }
            tree.make();
            Optional<DeltaReport> delta = filling.fill(owners, digests, clearing);
            ExtraFiles extra = new ExtraFiles(plan.directories().getFirst(), ownership, owners);
            extra.writeLabel(chosen.backup());
            chosen.settings().ifPresent(settings -> {
                OwnConfiguration own = OwnConfiguration.of(request.target());
                extra.writeSettings(settings, version);
                correct(extra, own, settings, version);
            });
            parameters(request.archiveMode()).forEach(extra::writeParameter);
            new ServerManifest(request.target(), files, digests, extra)
                    .write(chosen.backup(), chosen.history(), version);
            tree.keepLinks();
            tree.finish();
            try (Progress.Step _ = progress.step("sync", 0)) {
                Durability.sync(plan);
            }
            letStart(files, mark, request.target());
            return new Done(extra.written(), delta);
        }
    }

    private void correct(ExtraFiles extra, OwnConfiguration own, RecoverySettings settings, MajorVersion version) {
        own.corrections(settings, version).forEach((name, value) -> {
            extra.writeParameter(name, value);
            progress.warn("the cluster's own configuration has " + name + " = '"
                    + own.value(name).orElse("") + "', which would make another recovery of this one: set to '" + value
                    + "' in postgresql.auto.conf");
        });
    }

    /** Only told, because a file system that compresses may take more than it has room for. */
    private void tellIfTooSmall(Destinations destinations, Plan plan) {
        long free = destinations.freeBytes();
        if (free < plan.storedBytes()) {
            progress.warn("the directories have room for " + ByteCount.print(free) + ", but "
                    + ByteCount.print(plan.storedBytes()) + " will be written");
        }
    }

    /** Which pages need no comparison. Asked before anything is touched, because the target's own WAL must still be there. */
    private Supplier<PageTrust> trusts(
            RestoreRequest request, BackupRecord backup, Plan plan, Destinations destinations) {
        if (request.delta() != Delta.LSN || !destinations.areCompared()) {
            return () -> PageTrust.NONE;
        }
        if (!(destinations.occupant() instanceof Occupant.Cluster(var control))) {
            tellDistrust("an interrupted restore left pages of two states there");
            return () -> PageTrust.NONE;
        }
        Optional<String> doubt =
                new SharedPast(request.target(), control, backup, cluster.wal(backup.historyId())).doubt();
        if (doubt.isPresent()) {
            tellDistrust(doubt.get());
            return () -> PageTrust.NONE;
        }
        return new LsnTrust(plan.files(), control, backup)::forWorker;
    }

    private void tellDistrust(String why) {
        progress.warn("no page is trusted by its LSN, every block is compared: " + why);
    }

    /** What a delta restore would do; there is nothing to tell of others. */
    private static Optional<DeltaReport> foresee(
            MajorVersion version, Filling filling, Destinations destinations, Plan plan) {
        return destinations.areCompared()
                ? Optional.of(filling.foresee(new Clearing(plan, version, true)))
                : Optional.empty();
    }

    /** Everything else is durable: now the control file may have its name, and the mark may go. */
    private static void letStart(FileTable files, Mark mark, Path target) {
        OldControl.remove(target);
        Path control = files.place(files.control());
        try {
            Path _ = Files.move(files.location(files.control()), control, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "rename " + control, e);
        }
        Durability.syncDirectory(control.resolveSibling("."));
        mark.remove();
        Durability.syncDirectory(target);
    }
}
