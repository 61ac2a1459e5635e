package org.pgkeep.backup;

import java.nio.file.Path;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.server.PostmasterPid;
import org.pgkeep.postgres.server.ServerFacts;

/**
 * Proves that a server and a data directory belong together. Not by the path that the server tells: in a container, or through a mount, the
 * same directory has another one here. A copy has the same system identifier; files of one, with the WAL of the server, would be no backup.
 */
final class Identity {
    private Identity() {}

    /** It is of the same cluster, and a server on the same port runs there. */
    static void assertSame(Path dataDirectory, ControlFile control, ServerFacts facts) {
        if (facts.systemIdentifier() != control.systemIdentifier()) {
            throw new PgkeepException(
                    ErrorCode.CLUSTER_MISMATCH,
                    "the server has system identifier " + Long.toUnsignedString(facts.systemIdentifier()) + ", "
                            + dataDirectory + " has " + Long.toUnsignedString(control.systemIdentifier()),
                    "Connect to the server of that data directory (--host, --port), or give the data directory of that server"
                            + facts.dataDirectory().map(path -> ": " + path).orElse("") + ".");
        }
        Optional<PostmasterPid> running = PostmasterPid.read(dataDirectory);
        if (running.isEmpty()) {
            throw elsewhere(dataDirectory, facts, "it has no postmaster.pid");
        }
        String port = Integer.toString(running.get().port());
        if (!facts.setting("port").map(port::equals).orElse(true)) {
            throw elsewhere(dataDirectory, facts, "its postmaster.pid is of a server on port " + port);
        }
    }

    /** Once the backup began, with a checkpoint: the server wrote that into this directory's control file. */
    static void assertWritten(Path dataDirectory, Lsn start, ServerFacts facts) {
        ControlFile control = ControlFile.parse(DataDirectory.controlBytes(dataDirectory));
        Lsn redo = control.checkpoint().redo();
        if (redo.isBefore(start)) {
            throw elsewhere(
                    dataDirectory,
                    facts,
                    "its last checkpoint is at " + redo + ", and the server just made one at " + start);
        }
    }

    private static PgkeepException elsewhere(Path dataDirectory, ServerFacts facts, String why) {
        return new PgkeepException(
                ErrorCode.CLUSTER_MISMATCH,
                dataDirectory + " is a copy, and not where the server runs"
                        + facts.dataDirectory()
                                .map(path -> ", which is " + path)
                                .orElse("") + ": " + why,
                "Set pgdata to the directory in which the server runs, or host and port to the server of this one.");
    }
}
