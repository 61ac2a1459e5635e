package org.pgkeep.cli;

import org.pgkeep.config.CommandName;

/** {@code pgkeep version}. */
final class VersionCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.VERSION, "Prints the version of pgkeep, and as JSON also of the Java it runs on.")
                .withExample("pgkeep version", "prints 'pgkeep' and the version");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.operands(page(), 0, 0);
        String version = Version.current().version();
        if (invocation.json()) {
            JsonOutput.print(invocation.out(), json -> {
                json.writeStringField("version", version);
                json.writeStringField("java", Runtime.version().toString());
                json.writeStringField("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
            });
        } else {
            invocation.out().println("pgkeep " + version);
        }
        return 0;
    }
}
