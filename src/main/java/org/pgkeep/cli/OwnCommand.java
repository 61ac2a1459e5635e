package org.pgkeep.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Option;
import org.pgkeep.config.Options;
import org.pgkeep.config.Origin;
import org.pgkeep.config.Settings;
import org.pgkeep.postgres.ServerCommand;

/** The words by which the server calls this very program, so that it finds the same cluster in the same repository. */
final class OwnCommand {
    private OwnCommand() {}

    /**
     * The words, without operands. What came from the command line or the environment is repeated, because the server has
     * neither; so is the configuration file, because its user may have another home directory.
     */
    static List<String> words(Settings settings, CommandName command) {
        List<String> words = new ArrayList<>(List.of(program(), command.text()));
        if (!settings.files().isEmpty() && !settings.files().getFirst().startsWith("/etc/pgkeep")) {
            words.addAll(List.of("--config", configFile(settings).toString()));
        }
        // WAL goes to all repositories, whichever of them this run is about.
        if (command != CommandName.ARCHIVE_PUSH || !settings.repositories().contains(settings.repository())) {
            addIfNotInFile(words, settings, Options.REPOSITORY_NAME);
        }
        addIfNotInFile(words, settings, Options.REPOSITORY_TYPE);
        addIfNotInFile(words, settings, Options.REPOSITORY_PATH);
        addIfNotInFile(words, settings, Options.KEY_FILE);
        addIfNotInFile(words, settings, Options.PASSPHRASE_FILE);
        addIfNotInFile(words, settings, Options.PASSPHRASE_COMMAND);
        words.addAll(List.of("--cluster", settings.cluster()));
        return words;
    }

    /** The words of {@code archive_command}. Of {@code --archive-async} a shell must know, which reads no configuration file. */
    static List<String> push(Settings settings) {
        List<String> words = words(settings, CommandName.ARCHIVE_PUSH);
        if (settings.get(Options.ARCHIVE_ASYNC)) {
            words.add("--archive-async");
            words.addAll(
                    List.of("--spool-path", settings.require(Options.SPOOL_PATH).toString()));
            if (!(settings.origin(Options.ARCHIVE_TIMEOUT) instanceof Origin.Default)) {
                words.addAll(List.of(
                        "--archive-timeout",
                        settings.get(Options.ARCHIVE_TIMEOUT).toSeconds() + "s"));
            }
        }
        return words;
    }

    /** The words of {@code restore_command}, without operands; with a prefetcher where one is wanted and has a place. */
    private static List<String> get(Settings settings) {
        List<String> words = words(settings, CommandName.ARCHIVE_GET);
        if (Options.ARCHIVE_ASYNC.isOf(settings.command()) && settings.get(Options.ARCHIVE_ASYNC)) {
            settings.find(Options.SPOOL_PATH)
                    .ifPresent(spool -> words.addAll(List.of("--archive-async", "--spool-path", spool.toString())));
        }
        return words;
    }

    private static Path configFile(Settings settings) {
        return settings.find(Options.CONFIG_FILE)
                .orElseGet(() -> settings.files().getFirst());
    }

    private static <T> void addIfNotInFile(List<String> words, Settings settings, Option<T> option) {
        boolean serverWouldNotKnow = switch (settings.origin(option)) {
            case Origin.CommandLine _, Origin.Environment _ -> true;
            case Origin.File _, Origin.Default _ -> false;
        };
        if (serverWouldNotKnow) {
            words.addAll(List.of("--" + option.name(), settings.get(option).toString()));
        }
    }

    private static String program() {
        String home = System.getProperty("pgkeep.home", "");
        return home.isEmpty() ? "pgkeep" : home + "/bin/pgkeep";
    }

    /** The words as a {@code restore_command}. */
    static String restoreCommand(Settings settings) {
        return ServerCommand.text(get(settings), "%f \"%p\"");
    }
}
