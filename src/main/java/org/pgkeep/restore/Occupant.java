package org.pgkeep.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ControlFile;

/** What is in a data directory before a restore into it. */
sealed interface Occupant {
    /** Nothing, or no such directory. */
    record Nobody() implements Occupant {}

    /**
     * What an interrupted restore left.
     *
     * @param directories that it wrote to, outside the data directory
     * @param before the cluster over which it went, if it was a delta restore
     */
    record Unfinished(Set<Path> directories, Optional<ControlFile> before) implements Occupant {}

    /** A cluster that can say which one it is. */
    record Cluster(ControlFile control) implements Occupant {}

    /** Something else; {@code why} it is not known to be a cluster. */
    record Stranger(String why) implements Occupant {}

    /** Looks. */
    static Occupant of(Path target) {
        if (Tree.isEmpty(target)) {
            return new Nobody();
        }
        Path control = target.resolve(ControlFile.PATH);
        if (!Files.exists(control)) {
            // With a control file the last restore was complete, and its server may have run since.
            return Mark.find(target)
                    .<Occupant>map(directories -> new Unfinished(directories, OldControl.find(target)))
                    .orElseGet(() -> new Stranger("it has no " + ControlFile.PATH));
        }
        try {
            return new Cluster(ControlFile.parse(Files.readAllBytes(control)));
        } catch (PgkeepException e) {
            return new Stranger(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + control, e);
        }
    }

    /** Whether the files are, as far as can be known, of the cluster with this system identifier. */
    default boolean isOf(long systemIdentifier) {
        return switch (this) {
            case Nobody _, Stranger _ -> false;
            case Unfinished(var _, var before) ->
                before.map(control -> control.systemIdentifier() == systemIdentifier)
                        .orElse(true);
            case Cluster(var control) -> control.systemIdentifier() == systemIdentifier;
        };
    }
}
