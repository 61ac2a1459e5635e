package org.pgkeep.archive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.pgkeep.codec.Compression;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ArchiveFileName;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Cores;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.SegmentCheck;
import org.pgkeep.repository.SegmentPush;
import org.pgkeep.repository.SegmentReading;
import org.pgkeep.repository.WalArchive;

/** {@code archive_command}: stores one file of {@code pg_wal}, once it is known to be the cluster's own and what its name says. */
public final class ArchivePush {
    private final Repository repository;
    private final Cores cores;

    /** Pushes into this repository, which stays the caller's to close. */
    public ArchivePush(Repository repository) {
        this(repository, Cores.ANY);
    }

    /** The same on these cores. */
    ArchivePush(Repository repository, Cores cores) {
        this.repository = repository;
        this.cores = cores;
    }

    /**
     * What to store.
     *
     * @param path {@code %p}: relative to the working directory, which is the data directory when PostgreSQL calls; if nothing
     *     is there, relative to {@code pgdata}
     * @param summarize whether to store beside a segment which blocks it changes
     */
    public record Request(
            ClusterName cluster, String path, Optional<Path> pgdata, Compression compression, boolean summarize) {}

    /**
     * What was stored.
     *
     * @param file its name
     * @param pushed whether it is new
     * @param unsummarized why it has no summary although one was wanted: the file is archived all the same
     */
    public record Result(String file, WalArchive.Pushed pushed, Optional<String> unsummarized) {}

    /**
     * The file of a request.
     *
     * @param reading of a segment, where it was begun
     */
    public record Source(Path file, ArchiveFileName name, Optional<SegmentReading> reading) {
        /**
         * Finds the file, and begins to read a segment: while that goes on, the repositories can be opened.
         *
         * @throws PgkeepException {@code PATH_MISSING}, {@code USAGE} or {@code FILE_READ}
         */
        public static Source ahead(Request request) {
            Source found = of(request);
            return found.name instanceof ArchiveFileName.Segment segment
                    ? new Source(
                            found.file,
                            segment,
                            Optional.of(SegmentReading.begin(
                                    found.file, segment.name(), request.compression(), request.summarize())))
                    : found;
        }

        private static Source of(Request request) {
            Path file = locate(request);
            String name = String.valueOf(file.getFileName());
            return new Source(
                    file,
                    ArchiveFileName.parse(name)
                            .orElseThrow(
                                    () -> new PgkeepException(
                                            ErrorCode.USAGE,
                                            "'" + name + "' is not the name of a file that PostgreSQL archives",
                                            "Give archive-push what archive_command gets: archive_command = 'pgkeep archive-push %p'.")),
                    Optional.empty());
        }
    }

    /**
     * Stores a file; when this returns it is durable.
     *
     * @throws PgkeepException {@code CONFLICT} when the name is stored with other content, {@code CLUSTER_MISMATCH} when it is a
     *     segment of another cluster, {@code CLUSTER_DAMAGED} when it is not what its name says, {@code CLUSTER_UNKNOWN};
     *     {@code STOPPED}: PostgreSQL keeps the file and asks again
     */
    public Result push(Request request) {
        return push(request, Source.of(request));
    }

    /** The same with the file of this or of a like request. */
    public Result push(Request request, Source source) {
        String file = String.valueOf(source.file.getFileName());
        ClusterStore cluster = repository.cluster(request.cluster());
        cluster.fencing().assertOpen();
        // Not a switch over the types: its first use costs a fifth of the whole run.
        try {
            if (source.name instanceof ArchiveFileName.Segment segment) {
                SegmentPush.Result pushed = SegmentPush.into(cluster, request.compression(), request.summarize())
                        .on(cores)
                        .pushReady(source.file, segment.name(), source.reading);
                return new Result(file, pushed.pushed(), pushed.unsummarized());
            }
            requireSound(cluster, source.file, source.name);
        } catch (PgkeepException e) {
            throw withAdvice(e, cluster);
        }
        return new Result(file, cluster.wal().push(file, source.file, request.compression()), Optional.empty());
    }

    private static void requireSound(ClusterStore cluster, Path source, ArchiveFileName name) {
        Optional<SegmentName> pages = name.pages();
        if (pages.isPresent()) {
            SegmentCheck.of(cluster, cluster.record().current()).require(source, pages.get());
        } else if (name instanceof ArchiveFileName.History history) {
            requireHistory(source, history.timeline());
        }
    }

    private static PgkeepException withAdvice(PgkeepException e, ClusterStore cluster) {
        return e.code() == ErrorCode.CLUSTER_MISMATCH
                ? e.withHint("If the server was brought here by pg_upgrade: 'pgkeep upgrade --cluster " + cluster.name()
                        + "'. Else name its own cluster in archive_command; 'pgkeep init' registers it.")
                : e;
    }

    private static Path locate(Request request) {
        Path given = Path.of(request.path());
        if (Files.isRegularFile(given)) {
            return given;
        }
        if (!given.isAbsolute() && request.pgdata().isPresent()) {
            Path inPgdata = request.pgdata().get().resolve(given);
            if (Files.isRegularFile(inPgdata)) {
                return inPgdata;
            }
        }
        throw new PgkeepException(
                ErrorCode.PATH_MISSING,
                "there is no file " + given.toAbsolutePath(),
                "A relative path is looked for in the working directory, then in --pgdata.");
    }

    private static void requireHistory(Path source, int timeline) {
        try {
            TimelineHistory _ = TimelineHistory.parse(timeline, Files.readString(source, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + source, e);
        }
    }
}
