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
import java.util.Map;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.PackReader;
import org.pgkeep.spool.SortedRecords;
import org.pgkeep.units.ByteCount;

/** Brings a cluster back from a backup; the package page tells the order of steps. */
public final class Restore {
    private final ClusterStore cluster;
    private final Progress progress;
    private final InstantSource clock;

    /** Restores from this cluster's backups. */
    public Restore(ClusterStore cluster, Progress progress, InstantSource clock) {
        this.cluster = cluster;
        this.progress = progress;
        this.clock = clock;
    }

    /**
     * Restores.
     *
     * @throws PgkeepException before anything is touched: {@code TARGET_UNREACHABLE}, {@code BACKUP_UNKNOWN}, {@code
     *     PATH_NOT_EMPTY}, {@code PATH_MISSING}, {@code PERMISSION}, {@code SERVER_RUNNING}, {@code USAGE}, {@code
     *     VERSION_UNSUPPORTED}, {@code DAMAGED} for a damaged manifest. Later, leaving a directory that PostgreSQL cannot start
     *     and that the next run completes: {@code DAMAGED}, naming pack and frame; {@code DISK_FULL}, {@code PERMISSION} and
     *     {@code FILE_WRITE}, naming the file; {@code TERMINATED}
     */
    public RestoreResult run(RestoreRequest request) {
        Instant start = clock.instant();
        BackupChoice.Chosen chosen = new BackupChoice(cluster, request, progress).choose();
        BackupRecord backup = chosen.backup();
        MajorVersion version = version(backup);
        // Asked now, because a version that does not know the target must be refused before anything is touched.
        Map<String, String> settings = new LinkedHashMap<>(
                chosen.settings().map(asked -> asked.settings(version)).orElse(Map.of()));
        settings.putAll(parameters(request.archiveMode()));
        try (Plan plan = Plan.read(cluster, backup, request)) {
            Destinations destinations = new Destinations(plan, request, version);
            destinations.check();
            progress.info("restoring backup " + backup.label() + " of cluster '" + cluster.name() + "', "
                    + ByteCount.print(plan.bytes()) + " in " + plan.files().count() + " files, into "
                    + request.target());
            backup.warnings().forEach(warning -> progress.warn("the backup has a warning: " + warning.message()));
            ExtraFiles extra = write(request, chosen, version, plan, destinations);
            return new RestoreResult(
                    backup,
                    plan.files().count(),
                    plan.bytes(),
                    Duration.between(start, clock.instant()),
                    settings,
                    extra.written(),
                    destinations.paths());
        } catch (PgkeepException e) {
            // An interrupt closes the file that this thread was using, which is no failure of that file.
            throw e.getCause() instanceof ClosedByInterruptException
                    ? new PgkeepException(ErrorCode.TERMINATED, "the restore was interrupted").causedBy(e)
                    : e;
        }
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

    private ExtraFiles write(
            RestoreRequest request,
            BackupChoice.Chosen chosen,
            MajorVersion version,
            Plan plan,
            Destinations destinations) {
        try (Mark mark = destinations.prepare(chosen.backup().label())) {
            FileTable files = plan.files();
            FileTable.Ownership ownership = files.ownership(files.control());
            Owners owners = Owners.ofThisProcess(ownership, progress);
            FileDigests digests = new FileDigests(request.manifestChecksum(), files);
            DirectoryTree tree = new DirectoryTree(plan, owners);
            tellIfTooSmall(destinations, plan);
            tree.make();
            fill(request, plan, owners, digests);
            ExtraFiles extra = new ExtraFiles(plan.directories().getFirst(), ownership, owners);
            extra.writeLabel(chosen.backup());
            chosen.settings().ifPresent(settings -> extra.writeSettings(settings, version));
            parameters(request.archiveMode()).forEach(extra::writeParameter);
            new ServerManifest(request.target(), files, digests, extra)
                    .write(chosen.backup(), chosen.history(), version);
            tree.finish();
            try (Progress.Step _ = progress.step("sync", 0)) {
                Durability.sync(destinations.paths(), plan);
            }
            letStart(files, mark, request.target());
            return extra;
        }
    }

    /** Only told, because a file system that compresses may take more than it has room for. */
    private void tellIfTooSmall(Destinations destinations, Plan plan) {
        long free = destinations.freeBytes();
        if (free < plan.storedBytes()) {
            progress.warn("the directories have room for " + ByteCount.print(free) + ", but "
                    + ByteCount.print(plan.storedBytes()) + " will be written");
        }
    }

    private void fill(RestoreRequest request, Plan plan, Owners owners, FileDigests digests) {
        SortedRecords.Cursor pieces = plan.pieces().sorted();
        FrameQueue.Packs packs = FrameQueue.Packs.of(cluster, plan.header().sources());
        try (FrameQueue queue = new FrameQueue(pieces, packs);
                Progress.Step step = progress.step("restore", plan.storedBytes())) {
            new Crew().work(request.jobs(), isStopped -> {
                try (FileWriter writer = new FileWriter(plan.files(), owners, digests);
                        PackReader.FrameBuffer buffer = new PackReader.FrameBuffer()) {
                    new Worker(queue, plan.files(), writer, buffer, step).work(isStopped);
                }
            });
        }
    }

    /** Everything else is durable: now the control file may have its name, and the mark may go. */
    private static void letStart(FileTable files, Mark mark, Path target) {
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
