package org.pgkeep.cli;

import java.util.List;
import java.util.Optional;
import org.pgkeep.config.CommandName;
import org.pgkeep.error.ErrorCode;

/** {@code pgkeep unpin}. */
final class UnpinCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.UNPIN,
                        "Takes a backup's pin away: from now on it stays as long as a policy of retention keeps it.")
                .withOperands("LABEL|NAME")
                .withExample("pgkeep unpin 20261121-203000F", "leaves it to the policies")
                .withStatus(ErrorCode.BACKUP_UNKNOWN, "There is no backup of this label or name.");
    }

    @Override
    public int run(Invocation invocation) {
        List<String> operands = invocation.operands(page(), 1, 1);
        return Marking.change(invocation, operands.getFirst(), mark -> mark.withPin(Optional.empty()));
    }
}
