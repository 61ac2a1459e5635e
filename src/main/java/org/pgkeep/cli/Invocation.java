package org.pgkeep.cli;

import java.io.PrintStream;
import java.util.List;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.Repository;
import org.pgkeep.storage.Storage;

/**
 * One run of a command.
 *
 * @param settings the options in force
 * @param backends opens what the command needs
 * @param progress what the run reports to
 * @param out where the result goes
 */
record Invocation(Settings settings, Backends backends, Progress progress, PrintStream out) {
    /** Whether the result is wanted as JSON. */
    boolean json() {
        return settings.get(Options.OUTPUT).equals("json");
    }

    /** The chosen repository, which must be there; sealed or not. */
    Repository repository() {
        return repository(settings);
    }

    /** The repository that these settings choose. */
    Repository repository(Settings settings) {
        return repository(settings, backends.storage(settings));
    }

    /** The chosen repository on this storage, which is closed with it. */
    Repository repository(Storage storage) {
        return repository(settings, storage);
    }

    private Repository repository(Settings settings, Storage storage) {
        try {
            return Repository.open(storage, backends.clock(), new Keys(settings));
        } catch (RuntimeException e) {
            storage.close();
            throw e;
        }
    }

    /**
     * The operands, when they are as many as the command takes.
     *
     * @throws PgkeepException {@code USAGE}
     */
    List<String> operands(CommandPage page, int min, int max) {
        int found = settings.operands().size();
        if (found < min || found > max) {
            String problem = found < min
                    ? "an operand is missing"
                    : "unexpected '" + settings.operands().get(max) + "'";
            throw new PgkeepException(ErrorCode.USAGE, problem, "Usage: " + page.synopsis());
        }
        return settings.operands();
    }
}
