package org.pgkeep.archive;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ArchiveFileName;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.ClusterRecord;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.SegmentCheck;
import org.pgkeep.repository.WalArchive;

/**
 * {@code restore_command}: brings one file back, proved, and all at once. That a file is not there is an answer; everything else
 * that goes wrong is an error whose status PostgreSQL does not take for that answer ({@link RecoveryExit}).
 */
public final class ArchiveGet {
    private final Repository repository;

    /** Gets from this repository, which stays the caller's to close. */
    public ArchiveGet(Repository repository) {
        this.repository = repository;
    }

    /**
     * What to bring back.
     *
     * @param file {@code %f}
     * @param target {@code %p}: where to, relative to the working directory
     * @param pgdata the data directory that recovers, where the working directory is none
     */
    public record Request(ClusterName cluster, String file, String target, Optional<Path> pgdata) {
        /** Asked as PostgreSQL asks: in the data directory. */
        public Request(ClusterName cluster, String file, String target) {
            this(cluster, file, target, Optional.empty());
        }
    }

    /** How it went. */
    public sealed interface Result {
        /** The file is at its target. */
        record Fetched(String file, long bytes) implements Result {}

        /**
         * The archive does not hold it; nothing was written.
         *
         * @param note what a person would want to know about that
         */
        record Missing(String file, Optional<String> note) implements Result {}
    }

    /**
     * Brings a file back.
     *
     * @throws PgkeepException {@code DAMAGED} when what is stored is not what was, {@code CLUSTER_MISMATCH} when it is another
     *     cluster's, {@code FILE_WRITE} and others
     */
    public Result get(Request request) {
        Result complete = getComplete(request);
        Optional<SegmentName> segment = SegmentName.parse(request.file());
        return complete instanceof Result.Missing && segment.isPresent()
                ? getStreamed(request, segment.get(), leftAt(request, segment.get()))
                : complete;
    }

    /** The same, but only what is complete and so will never change; what is not is missing. For who gets ahead of requests. */
    Result getComplete(Request request) {
        ArchiveFileName name = ArchiveFileName.parse(request.file())
                .orElseThrow(
                        () -> new PgkeepException(
                                ErrorCode.USAGE,
                                "'" + request.file() + "' is not the name of a file that PostgreSQL archives",
                                "Give archive-get what restore_command gets: restore_command = 'pgkeep archive-get %f \"%p\"'."));
        Source source = source(request);
        Optional<WalArchive.Stored> found = source.wal().find(request.file());
        return found.isEmpty()
                ? new Result.Missing(request.file(), Optional.empty())
                : new Result.Fetched(
                        request.file(),
                        fetch(source.wal(), source.check(), found.get(), name, Path.of(request.target())));
    }

    /** How many bytes there are of a segment that is not complete; 0 when there are none. */
    int streamed(Request request, SegmentName segment) {
        return source(request).wal().pieces().of(segment).end();
    }

    /** Where a newer timeline left that of a segment first, as far as this repository knows. */
    Optional<Lsn> leftAt(Request request, SegmentName segment) {
        return source(request).wal().leftAt(segment.timeline());
    }

    /** Brings what there is of a segment that is not complete, unless its timeline was left there before. */
    Result getStreamed(Request request, SegmentName segment, Optional<Lsn> leftAt) {
        Source source = source(request);
        return new StreamedPart(source.wal(), source.check(), segment, Path.of(request.target()), leftAt)
                .get()
                .orElseGet(() -> new Result.Missing(request.file(), noteOn(segment, source.wal())));
    }

    /** The WAL of the database cluster that asks. */
    private record Source(WalArchive wal, SegmentCheck check) {}

    private Source source(Request request) {
        ClusterStore cluster = repository.cluster(request.cluster());
        ClusterRecord.History history = Asker.history(cluster.record(), request.pgdata());
        return new Source(cluster.wal(history.id()), SegmentCheck.of(cluster, history));
    }

    /**
     * A partial segment is never given for the whole one: what it lacks was written on another timeline, and PostgreSQL, which asks
     * for the newer timeline's segment first, would end up beside it. Who wants it nevertheless asks for it by its name.
     */
    private static Optional<String> noteOn(SegmentName segment, WalArchive wal) {
        String partial = new ArchiveFileName.Partial(segment).toString();
        return wal.find(partial)
                .map(_ -> segment + " is not in the archive, only " + partial
                        + ": its timeline was left in the middle of this segment");
    }

    private static long fetch(
            WalArchive wal, SegmentCheck check, WalArchive.Stored stored, ArchiveFileName name, Path target) {
        Path temporary = beside(target);
        try {
            long bytes = write(wal, stored, temporary);
            requireSound(check, name, temporary);
            // Not synced: after a crash PostgreSQL asks again for what it had not replayed.
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            return bytes;
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "write " + target, e);
        } finally {
            delete(temporary);
        }
    }

    /** Where a file is made that then gets the target's name. */
    static Path beside(Path target) {
        return target.resolveSibling(
                target.getFileName() + ".pgkeep-" + ProcessHandle.current().pid());
    }

    private static long write(WalArchive wal, WalArchive.Stored stored, Path temporary) throws IOException {
        try (OutputStream sink = Files.newOutputStream(temporary)) {
            return wal.copyTo(stored, sink);
        }
    }

    private static void requireSound(SegmentCheck check, ArchiveFileName name, Path temporary) {
        // History files do not say whose they are; the hash of their content was proved.
        Optional<SegmentName> pages = name.pages();
        if (pages.isPresent()) {
            check.require(temporary, pages.get());
        }
    }

    static void delete(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException _) {
            // The error that brought us here is the one to report.
        }
    }
}
