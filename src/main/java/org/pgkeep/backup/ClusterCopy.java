package org.pgkeep.backup;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupWriter;
import org.pgkeep.repository.BlockHashes;
import org.pgkeep.repository.Blocks;

/**
 * Copies the files of a cluster into packs while the server is in backup mode, all or what changed since a base; the control file
 * last.
 */
final class ClusterCopy implements AutoCloseable {
    private final BackupRequest request;
    private final ControlFile control;
    private final BackupMode mode;
    private final BackupWriter writer;
    private final Progress progress;
    private final Optional<Increment> increment;
    private final Remains remains;
    private final Runnable check;
    private final List<String> warnings = new ArrayList<>();
    private final ListingSpool listing;
    private final CopyResults results;

    /**
     * A copy to come.
     *
     * @param increment what to build on; empty: everything is copied
     * @param remains what attempts that were cut off have stored already
     * @param check throws when the copy is pointless by now; called often
     */
    ClusterCopy(
            BackupRequest request,
            ControlFile control,
            BackupMode mode,
            BackupWriter writer,
            Optional<Increment> increment,
            Remains remains,
            Runnable check,
            Progress progress) {
        this.increment = increment;
        this.remains = remains;
        this.check = check;
        this.request = request;
        this.control = control;
        this.mode = mode;
        this.writer = writer;
        this.progress = progress;
        this.listing = new ListingSpool(request.temporary());
        this.results = new CopyResults(request.temporary());
    }

    /** Lists what there is. */
    void list() {
        boolean online = mode instanceof BackupMode.Online;
        Exclusions exclusions =
                new Exclusions(request.excludes(), control.version().walDirectory(), online);
        try (Progress.Step _ = progress.step("list files", 0)) {
            String tablespace = control.version().tablespaceDirectory();
            new Listing(request.dataDirectory(), exclusions, tablespace, listing::add, warnings::add).walk();
            listing.finish();
        }
    }

    /**
     * Copies what was listed.
     *
     * @param ready called once it is known what to copy, before it is read: throws when nothing should be
     */
    void run(Runnable ready) {
        if (increment.isPresent()) {
            copyChanges(increment.get(), ready);
        } else {
            copyAll(ready);
        }
        copyControlFile();
    }

    private void copyAll(Runnable ready) {
        try (CopyPlan plan = new CopyPlan(request.temporary(), null, remains.source())) {
            CopyPlanner.planFull(listing, remains.byFile(listing), plan);
            ready.run();
            copy(plan);
        }
    }

    private void copyChanges(Increment from, Runnable ready) {
        try (BaseManifest base = from.manifest()) {
            BaseFile.Source source = new BaseFile.Source(base.header().sources(), new BlockHashes(from.cluster()));
            try (CopyPlan plan = new CopyPlan(request.temporary(), source, remains.source())) {
                try (Progress.Step _ = progress.step("compare with base", 0)) {
                    Untold untold = new Untold(listing, from.base().started());
                    new CopyPlanner(request.dataDirectory(), control, source, from.changes(), untold)
                            .plan(listing, base, remains.byFile(listing), plan);
                }
                ready.run();
                copy(plan);
            }
        }
    }

    private void copy(CopyPlan plan) {
        try (JobSource jobs = new JobSource(plan, request.temporary());
                Progress.Step step = new CountedStep(progress.step("copy", jobs.totalBytes()), writer::copied)) {
            writer.expect(jobs.totalBytes());
            ParallelCopy copy = new ParallelCopy(jobs, stopped -> worker(step, stopped), this::check);
            try (AutoCloseable _ = mode.watch(copy::abort)) {
                copy.run(request.jobs());
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new PgkeepException(ErrorCode.BUG, "closing a watch failed").causedBy(e);
            }
        }
    }

    private void check() {
        writer.checkHeld();
        check.run();
    }

    private CopyWorker worker(Progress.Step step, BooleanSupplier stopped) {
        @Nullable PageProof proof = request.pageChecks() ? new PageProof(control) : null;
        return new CopyWorker(
                request.dataDirectory(),
                writer.appender(request.compression(), request.packBytes()),
                proof,
                control.layout().blockBytes(),
                results,
                step,
                stopped);
    }

    /** Last of all: its minimum recovery point must not be older than any page that was copied from a standby. */
    private void copyControlFile() {
        CopyJob.Source file = findControlFile();
        byte[] bytes = DataDirectory.controlBytes(request.dataDirectory());
        if (bytes.length != file.sizeBytes()) {
            throw new PgkeepException(
                    ErrorCode.CLUSTER_DAMAGED,
                    ControlFile.PATH + " has " + bytes.length + " bytes, not " + file.sizeBytes());
        }
        try (Progress.Step step = progress.step("copy pg_control", bytes.length);
                CopyWorker worker = worker(step, () -> false)) {
            worker.copyBytes(file, bytes);
            worker.finish();
        }
    }

    private CopyJob.Source findControlFile() {
        ListingSpool.Reader reader = listing.read();
        for (Optional<ListedEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
            ListedEntry entry = next.get();
            if (entry.path().latin1().equals(ControlFile.PATH) && entry.sizeBytes() <= Blocks.BYTES) {
                return new CopyJob.Source(reader.ordinal(), entry.path(), entry.sizeBytes(), new Reading.Whole());
            }
        }
        throw new PgkeepException(ErrorCode.CLUSTER_DAMAGED, ControlFile.PATH + " is missing from the listing");
    }

    /** What was found, once {@link #run} ended. */
    CopyResults results() {
        return results;
    }

    /** What was listed. */
    ListingSpool listing() {
        return listing;
    }

    /** What a person must know of the listing. */
    List<String> warnings() {
        return warnings;
    }

    @Override
    public void close() {
        try {
            listing.close();
        } finally {
            results.close();
        }
    }
}
