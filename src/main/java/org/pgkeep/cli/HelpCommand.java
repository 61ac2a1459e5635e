package org.pgkeep.cli;

import java.util.List;
import org.pgkeep.config.Arguments;
import org.pgkeep.config.CommandName;

/** {@code pgkeep help}. */
final class HelpCommand implements Command {
    private final boolean bold;

    HelpCommand(boolean bold) {
        this.bold = bold;
    }

    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.HELP,
                        "Lists the commands, or explains one: its options, examples and exit statuses.")
                .withOperands("[COMMAND]")
                .withExample("pgkeep help restore", "explains restore; 'pgkeep restore --help' does the same");
    }

    @Override
    public int run(Invocation invocation) {
        List<String> operands = invocation.operands(page(), 0, 1);
        invocation.out().print(text(operands));
        return 0;
    }

    private String text(List<String> operands) {
        if (operands.isEmpty()) {
            return HelpText.overview(bold);
        }
        String typed = operands.getFirst();
        CommandName command = CommandName.of(typed).orElseThrow(() -> Arguments.unknownCommand(typed));
        return HelpText.of(Commands.of(command, bold).page(), bold);
    }
}
