package org.pgkeep.backup;

import java.nio.file.Path;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.server.ServerFacts;

/** Whether a server and a data directory belong together. */
final class Identity {
    private Identity() {}

    static void assertSame(Path dataDirectory, ControlFile control, ServerFacts facts) {
        if (facts.systemIdentifier() != control.systemIdentifier()) {
            throw new PgkeepException(
                    ErrorCode.CLUSTER_MISMATCH,
                    "the server has system identifier " + Long.toUnsignedString(facts.systemIdentifier()) + ", "
                            + dataDirectory + " has " + Long.toUnsignedString(control.systemIdentifier()),
                    "Connect to the server of that data directory (--host, --port), or give the data directory of that server"
                            + facts.dataDirectory().map(path -> ": " + path).orElse("") + ".");
        }
    }
}
