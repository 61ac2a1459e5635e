package org.pgkeep.copy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupImport;
import org.pgkeep.repository.BackupMark;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.ClusterRecord;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Lease;
import org.pgkeep.repository.Leases;
import org.pgkeep.repository.Owner;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.Work;
import org.pgkeep.storage.layer.Throttle;

/** {@code pgkeep copy}: brings backups of one repository into another. */
public final class Copy {
    private final Repository from;
    private final Repository to;
    private final Progress progress;

    /** Between these repositories, which stay the caller's to close. */
    public Copy(Repository from, Repository to, Progress progress) {
        this.from = from;
        this.to = to;
        this.progress = progress;
    }

    /**
     * What to copy.
     *
     * @param labels which backups; all that there are if it is empty
     * @param limit how fast to copy
     * @param dryRun only says what would be done, and takes no lease
     * @param longest for how long to wait for other work on the cluster there
     * @param temporary directory for a WAL segment at a time
     */
    public record Request(
            ClusterName cluster,
            List<Label> labels,
            Optional<Throttle> limit,
            boolean dryRun,
            Duration longest,
            Path temporary) {
        public Request {
            labels = List.copyOf(labels);
        }
    }

    /**
     * What was or would be done with a backup.
     *
     * @param wasThere whether it is there already; what it lacked is copied all the same
     * @param packs of which something is copied
     * @param bytes of them
     * @param walFiles segments and histories
     */
    public record Copied(Label label, boolean wasThere, int packs, long bytes, int walFiles) {}

    /** A backup and what is missing of it. */
    private record Task(
            BackupRecord backup, boolean isThere, List<BackupImport.Pack> packs, List<MissingWal.File> wal) {
        long bytes() {
            return packs.stream().mapToLong(BackupImport.Pack::bytes).sum();
        }

        Copied result() {
            return new Copied(backup.label(), isThere, packs.size(), bytes(), wal.size());
        }
    }

    /**
     * Does it, oldest first. Cut off anywhere and run again, it comes to the same end; a backup exists there when it is complete.
     *
     * @return one a backup, in the order in which they were copied
     * @throws PgkeepException {@code BACKUP_UNKNOWN}; {@code CLUSTER_MISMATCH} when the name stands for another database cluster there;
     *     {@code CONFLICT} when another backup has the label there; {@code DAMAGED} when one cannot be read
     */
    public List<Copied> run(Request request) {
        if (from.id().equals(to.id())) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    from.location() + " and " + to.location() + " are the same repository",
                    "Name another one with --to.");
        }
        ClusterStore source = from.cluster(request.cluster());
        List<BackupRecord> backups = backups(source, request.labels());
        ClusterStore target = target(source, request);
        if (request.dryRun()) {
            return backups.stream()
                    .map(backup -> task(source, target, backup).result())
                    .toList();
        }
        target.fencing().assertOpen();
        Leases.Patience patience = new Leases.Patience(request.longest(), progress::info);
        List<Copied> copied = new ArrayList<>();
        try (Lease lease = target.leases().take(Work.COPY, Owner.ofThisProcess(), patience)) {
            for (BackupRecord backup : backups) {
                Task task = task(source, target, backup);
                copy(request, source, target, task, lease);
                copied.add(task.result());
            }
        }
        return copied;
    }

    private static List<BackupRecord> backups(ClusterStore source, List<Label> labels) {
        return labels.isEmpty()
                ? source.backups()
                : labels.stream().sorted().distinct().map(source::backup).toList();
    }

    private ClusterStore target(ClusterStore source, Request request) {
        ClusterRecord.History current = source.record().current();
        if (request.dryRun()) {
            ClusterStore there = to.cluster(request.cluster());
            there.assertIs(current.systemIdentifier(), current.majorVersion());
            return there;
        }
        return to.register(request.cluster(), current.systemIdentifier(), current.majorVersion());
    }

    private static Task task(ClusterStore source, ClusterStore target, BackupRecord backup) {
        BackupImport copying = target.importing(source);
        Optional<BackupRecord> there = target.find(backup.label());
        there.ifPresent(found -> copying.assertSame(found, backup));
        return new Task(backup, there.isPresent(), copying.missing(backup), MissingWal.of(source, target, backup));
    }

    private void copy(Request request, ClusterStore source, ClusterStore target, Task task, Lease lease) {
        BackupRecord backup = task.backup;
        BackupImport copying = target.importing(source);
        try (Progress.Step step = progress.step("copy " + backup.label(), task.bytes())) {
            task.wal.forEach(file -> file.copy(request.temporary()));
            for (BackupImport.Pack pack : task.packs) {
                copying.copy(pack, lease, copied -> {
                    request.limit().ifPresent(throttle -> throttle.pass(copied));
                    step.advance(copied);
                });
            }
            if (!task.isThere) {
                mark(source, target, backup.label());
                BackupRecord _ = copying.commit(backup, lease);
            }
        }
    }

    /** What people said of it goes with it, before it is there: it is never without its pin. What was found in it is another's. */
    private void mark(ClusterStore source, ClusterStore target, Label label) {
        BackupMark said = source.marks().of(label);
        BackupMark _ = target.marks()
                .change(
                        label,
                        mark -> mark.withPin(said.pin()).withNote(said.note()).withAnnotations(said.annotations()));
        try {
            BackupMark _ = target.marks().change(label, mark -> mark.withName(said.name()));
        } catch (PgkeepException e) {
            if (e.code() != ErrorCode.CONFLICT) {
                throw e;
            }
            progress.warn("backup " + label + " gets no name there: " + e.getMessage());
        }
    }
}
