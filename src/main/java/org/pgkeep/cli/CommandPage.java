package org.pgkeep.cli;

import java.util.ArrayList;
import java.util.List;
import org.pgkeep.config.CommandName;
import org.pgkeep.error.ErrorCode;

/**
 * What help and the reference say about a command besides its options.
 *
 * @param command the command
 * @param operands what follows the options, as the synopsis shows it; empty if nothing does
 * @param description paragraphs
 * @param examples command lines that work, with what they do
 * @param statuses exit statuses of its own; those that all commands have are added
 */
record CommandPage(
        CommandName command,
        String operands,
        List<String> description,
        List<Example> examples,
        List<ExitStatus> statuses) {

    /** A command line and what it does. */
    record Example(String line, String meaning) {}

    /** An exit status and what it means. */
    record ExitStatus(int status, String meaning) {
        static ExitStatus of(ErrorCode code, String meaning) {
            return new ExitStatus(code.exitStatus(), meaning);
        }
    }

    CommandPage {
        description = List.copyOf(description);
        examples = List.copyOf(examples);
        statuses = List.copyOf(statuses);
    }

    static CommandPage of(CommandName command, String... description) {
        return new CommandPage(command, "", List.of(description), List.of(), List.of());
    }

    CommandPage withOperands(String other) {
        return new CommandPage(command, other, description, examples, statuses);
    }

    CommandPage withExample(String line, String meaning) {
        List<Example> more = new ArrayList<>(examples);
        more.add(new Example(line, meaning));
        return new CommandPage(command, operands, description, more, statuses);
    }

    CommandPage withStatus(int status, String meaning) {
        List<ExitStatus> more = new ArrayList<>(statuses);
        more.add(new ExitStatus(status, meaning));
        return new CommandPage(command, operands, description, examples, more);
    }

    CommandPage withStatus(ErrorCode code, String meaning) {
        return withStatus(code.exitStatus(), meaning);
    }

    /** Its own exit statuses and those of all commands, ascending. */
    List<ExitStatus> allStatuses() {
        List<ExitStatus> all = new ArrayList<>(statuses);
        all.add(new ExitStatus(0, "Done."));
        all.add(ExitStatus.of(ErrorCode.USAGE, "The command line is wrong."));
        all.add(ExitStatus.of(ErrorCode.CONFIG, "A configuration file or environment variable is wrong."));
        all.add(ExitStatus.of(ErrorCode.TERMINATED, "Ended by SIGINT or SIGTERM, after cleaning up."));
        all.sort((a, b) -> Integer.compare(a.status(), b.status()));
        return all;
    }

    /** How it is called. */
    String synopsis() {
        return "pgkeep " + command + " [OPTION]..." + (operands.isEmpty() ? "" : " " + operands);
    }
}
