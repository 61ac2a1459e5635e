package org.pgkeep.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.repository.Cores;

/** The pushes of an archiver, each into all of its repositories. Thread-safe. */
final class Pushes {
    private final Archiver.Request request;
    private final Archives archives;
    private final Cores cores;

    Pushes(Archiver.Request request, Archives archives) {
        this.request = request;
        this.archives = archives;
        this.cores = Cores.withMemory(request.jobs());
    }

    /**
     * A file that at least one repository stored.
     *
     * @param modified when it was changed last
     * @param failure why it is not in all of them
     */
    record Stored(String file, FileTime modified, List<String> warnings, Optional<PgkeepException> failure) {
        Stored {
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * Stores a file; when this returns it is durable.
     *
     * @throws PgkeepException when no repository took it
     */
    Stored push(String file, Path path) {
        FileTime before = modified(path);
        ArchivePush.Request one = new ArchivePush.Request(
                request.cluster(), path.toString(), Optional.empty(), request.compression(), request.summarize());
        Copies.Pushed pushed = archives.push(one, cores);
        if (pushed.done().isEmpty()) {
            List<ArchivePush.Result> _ = pushed.everywhere();
        }
        if (!modified(path).equals(before)) {
            throw new PgkeepException(ErrorCode.FILE_READ, path + " changed while it was pushed");
        }
        List<String> warnings = pushed.done().stream()
                .flatMap(result -> result.unsummarized().stream())
                .map(why -> file + " is archived, but has no summary for incremental backups: " + why)
                .distinct()
                .toList();
        return new Stored(file, before, warnings, pushed.failure());
    }

    static FileTime modified(Path path) {
        try {
            return Files.getLastModifiedTime(path);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + path, e);
        }
    }

    /** Records that a file was given up. */
    void noteDropped(SegmentName segment, String why) {
        archives.noteDropped(request.cluster(), segment, why);
    }
}
