package org.pgkeep.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ControlFile;

/** The data directory of a cluster on this host. */
final class DataDirectory {
    private static final int CONTROL_TRIES = 20;
    private static final int CONTROL_PAUSE_MILLIS = 20;

    private DataDirectory() {}

    /** The control file's bytes: the server rewrites it in place, so it is read until its checksum is right. */
    static byte[] controlBytes(Path directory) {
        Path file = directory.resolve(ControlFile.PATH);
        for (int i = 1; ; i++) {
            try {
                byte[] bytes = Files.readAllBytes(file);
                ControlFile _ = ControlFile.parse(bytes);
                return bytes;
            } catch (IOException e) {
                throw unreadable(directory, file, e);
            } catch (PgkeepException e) {
                if (i == CONTROL_TRIES || e.code() == ErrorCode.VERSION_UNSUPPORTED) {
                    throw e;
                }
                pause();
            }
        }
    }

    private static PgkeepException unreadable(Path directory, Path file, IOException e) {
        if (!Files.exists(directory)) {
            return new PgkeepException(
                            ErrorCode.PATH_MISSING,
                            "data directory " + directory + " does not exist",
                            "Give the cluster's data directory with --pgdata; SHOW data_directory tells it.")
                    .causedBy(e);
        }
        if (!Files.exists(file) && Files.isReadable(directory)) {
            return new PgkeepException(
                            ErrorCode.PATH_MISSING,
                            directory + " has no " + ControlFile.PATH + ": it is not a PostgreSQL data directory",
                            "Give the cluster's data directory with --pgdata; SHOW data_directory tells it.")
                    .causedBy(e);
        }
        return PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + file, e);
    }

    private static void pause() {
        try {
            Thread.sleep(CONTROL_PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PgkeepException(ErrorCode.TERMINATED, "interrupted while reading pg_control").causedBy(e);
        }
    }

    /** Whether a server may be running here: its {@code postmaster.pid} is there. */
    static boolean mayBeRunning(Path directory) {
        return Files.exists(directory.resolve("postmaster.pid"));
    }
}
