package org.pgkeep.forget;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.server.ConnectionSettings;
import org.pgkeep.postgres.server.PostmasterPid;
import org.pgkeep.postgres.server.ServerSession;
import org.pgkeep.progress.Progress;

/** Whether a server seems to run on a cluster: one that still archives into what is to be removed. */
final class RunningServer {
    private final Progress progress;

    RunningServer(Progress progress) {
        this.progress = progress;
    }

    /** Where it runs, as a sentence; empty when none is found: not that there is none. */
    Optional<String> find(long systemIdentifier, Optional<Path> pgdata, Optional<ConnectionSettings> connection) {
        Optional<String> here = pgdata.filter(directory -> runsIn(directory, systemIdentifier))
                .map(directory -> "a server runs in " + directory);
        return here.isPresent()
                ? here
                : connection
                        .filter(settings -> answers(settings, systemIdentifier))
                        .map(settings -> "the server at " + settings + " is of this cluster");
    }

    private boolean runsIn(Path directory, long systemIdentifier) {
        try {
            return PostmasterPid.read(directory)
                            .map(PostmasterPid::isProcessAlive)
                            .orElse(false)
                    && ControlFile.parse(Files.readAllBytes(directory.resolve(ControlFile.PATH)))
                                    .systemIdentifier()
                            == systemIdentifier;
        } catch (IOException | PgkeepException e) {
            progress.debug("no server is seen in " + directory + ": " + e.getMessage());
            return false;
        }
    }

    private boolean answers(ConnectionSettings settings, long systemIdentifier) {
        try (ServerSession session = ServerSession.open(settings, "forget", progress)) {
            return session.facts().systemIdentifier() == systemIdentifier;
        } catch (PgkeepException e) {
            if (e.code() != ErrorCode.CONNECT && e.code() != ErrorCode.QUERY) {
                throw e;
            }
            progress.debug("no server answers: " + e.getMessage());
            return false;
        }
    }
}
