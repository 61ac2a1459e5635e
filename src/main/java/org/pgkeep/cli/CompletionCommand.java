package org.pgkeep.cli;

import java.util.List;
import org.pgkeep.config.CommandName;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** {@code pgkeep completion}. */
final class CompletionCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.COMPLETION,
                        "Prints a script by which the shell completes commands, options, their words and file names.")
                .withOperands("bash|zsh")
                .withExample("source <(pgkeep completion bash)", "completes in this bash")
                .withExample(
                        "pgkeep completion bash > /etc/bash_completion.d/pgkeep",
                        "completes in every bash of this machine")
                .withExample(
                        "pgkeep completion zsh > ~/.zfunc/_pgkeep", "completes in zsh, if ~/.zfunc is in its fpath");
    }

    @Override
    public int run(Invocation invocation) {
        List<String> operands = invocation.operands(page(), 1, 1);
        String script = switch (operands.getFirst()) {
            case "bash" -> Completion.bash();
            case "zsh" -> Completion.zsh();
            default ->
                throw new PgkeepException(
                        ErrorCode.USAGE,
                        "there is no completion for '" + operands.getFirst() + "'",
                        "There is one for bash and one for zsh.");
        };
        invocation.out().print(script);
        return 0;
    }
}
