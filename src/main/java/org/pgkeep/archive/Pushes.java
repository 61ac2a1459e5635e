package org.pgkeep.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.Repository;

/** The pushes of an archiver: each as {@link ArchivePush} does. Thread-safe. */
final class Pushes {
    private final Archiver.Request request;
    private final OpenedRepository repository;

    Pushes(Archiver.Request request, OpenedRepository repository) {
        this.request = request;
        this.repository = repository;
    }

    /**
     * A file that is stored.
     *
     * @param modified when it was changed last
     */
    record Stored(String file, FileTime modified, List<String> warnings) {
        Stored {
            warnings = List.copyOf(warnings);
        }
    }

    /** Stores a file; when this returns it is durable. */
    Stored push(String file, Path path) {
        FileTime before = modified(path);
        ArchivePush.Result result = new ArchivePush(repository())
                .push(new ArchivePush.Request(
                        request.cluster(),
                        path.toString(),
                        Optional.empty(),
                        request.compression(),
                        request.summarize()));
        if (!modified(path).equals(before)) {
            throw new PgkeepException(ErrorCode.FILE_READ, path + " changed while it was pushed");
        }
        List<String> warnings = result.unsummarized()
                .map(why -> List.of(file + " is archived, but has no summary for incremental backups: " + why))
                .orElse(List.of());
        return new Stored(file, before, warnings);
    }

    static FileTime modified(Path path) {
        try {
            return Files.getLastModifiedTime(path);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + path, e);
        }
    }

    /** The repository, open. */
    Repository repository() {
        return repository.get();
    }
}
