package org.pgkeep.setup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.server.ServerFacts;

/** What the data directory says about its cluster. */
final class DataDirectory {
    private static final int READS = 5;

    private DataDirectory() {}

    /** The control file; a running server may be writing it, so that a wrong checksum is believed only when it stays. */
    static ControlFile control(Path directory) {
        for (int read = 1; ; read++) {
            try {
                return ControlFile.parse(bytes(directory.resolve(ControlFile.PATH)));
            } catch (PgkeepException e) {
                if (e.code() != ErrorCode.CLUSTER_DAMAGED || read == READS) {
                    throw e;
                }
            }
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + file, e);
        }
    }

    /** The sentence for a directory and a server that do not belong together. */
    static String otherCluster(Path directory, ControlFile control, ServerFacts facts) {
        return "the server has system identifier " + Long.toUnsignedString(facts.systemIdentifier()) + ", " + directory
                + " has " + Long.toUnsignedString(control.systemIdentifier())
                + facts.dataDirectory()
                        .map(path -> "; the server's data directory is " + path)
                        .orElse("");
    }
}
