package org.pgkeep.cli;

import java.util.Optional;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.terminal.Display;
import org.pgkeep.terminal.LogFormat;
import org.pgkeep.terminal.LogLevel;

/** How a run shows itself, from its options. */
final class Looks {
    private Looks() {}

    static Display.Look of(Settings settings) {
        if (!Options.LOG_LEVEL.isOf(settings.command())) {
            return new Display.Look(Display.Steps.NONE, LogLevel.INFO, LogFormat.TEXT, Optional.empty());
        }
        return new Display.Look(
                steps(settings),
                LogLevel.named(settings.get(Options.LOG_LEVEL)),
                settings.get(Options.LOG_FORMAT).equals("json") ? LogFormat.JSON : LogFormat.TEXT,
                settings.find(Options.LOG_FILE));
    }

    private static Display.Steps steps(Settings settings) {
        CommandName command = settings.command();
        if (!Options.PROGRESS.isOf(command) || command == CommandName.CONFIG) {
            return Display.Steps.NONE;
        }
        return switch (settings.get(Options.PROGRESS)) {
            case "lines" -> Display.Steps.LINES;
            case "off" -> Display.Steps.NONE;
            default -> Display.Steps.AUTO;
        };
    }
}
