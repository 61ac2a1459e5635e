package org.pgkeep.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * Keeps the repository and the data directory out of each other: a repository in there would be part of each backup of itself, be lost with
 * the cluster, and be removed by its next restore.
 */
final class Apart {
    private Apart() {}

    /**
     * Refuses a data directory that holds the chosen repository, or is in it.
     *
     * @throws PgkeepException {@code USAGE}
     */
    static void require(Settings settings, Path pgdata) {
        Path repository = real(settings.require(Options.REPOSITORY_PATH));
        Path data = real(pgdata);
        if (repository.startsWith(data) || data.startsWith(repository)) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    "the repository " + repository + " and the data directory " + data + " are "
                            + (repository.equals(data) ? "the same" : "one in the other"),
                    "Keep backups where they do not go down with the cluster: on another disk, better on another machine.");
        }
    }

    /** A data directory may be a link to one; links are resolved as far as there is something. */
    static Path real(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        Path there = absolute;
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        try {
            return there.toRealPath().resolve(there.relativize(absolute));
        } catch (IOException e) {
            return absolute;
        }
    }
}
