package org.pgkeep.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ControlFile;

/**
 * The control file of the cluster that a delta restore goes over. As long as the restore is not complete it has another name:
 * PostgreSQL cannot start on a mixture of two states, and a retry still knows whose files these are.
 */
final class OldControl {
    private static final String SUFFIX = ".before";

    private OldControl() {}

    static Path pathIn(Path target) {
        return target.resolve(ControlFile.PATH + SUFFIX);
    }

    /** Gives the control file its other name, durably. */
    static void setAside(Path target) {
        Path control = target.resolve(ControlFile.PATH);
        if (!Files.exists(control)) {
            // The restore that was interrupted did it.
            return;
        }
        try {
            Path _ = Files.move(control, pathIn(target), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "rename " + control, e);
        }
        Durability.syncDirectory(control.resolveSibling("."));
    }

    /** What an interrupted delta restore set aside; empty when nothing readable is there. */
    static Optional<ControlFile> find(Path target) {
        try {
            return Optional.of(ControlFile.parse(Files.readAllBytes(pathIn(target))));
        } catch (NoSuchFileException | PgkeepException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + pathIn(target), e);
        }
    }

    /** The restored files are complete and durable: nobody needs it any more. */
    static void remove(Path target) {
        try {
            boolean _ = Files.deleteIfExists(pathIn(target));
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "remove " + pathIn(target), e);
        }
    }
}
