package org.pgkeep.setup;

import java.util.List;
import java.util.Optional;

/** What an {@code archive_command} says. */
final class ArchiveCommand {
    private static final List<String> CLUSTER_OPTIONS = List.of("--cluster", "--stanza", "--instance");
    private static final List<String> CONFIG_OPTIONS = List.of("--config", "-c");
    private static final List<String> REPOSITORY_OPTIONS = List.of("--repo");
    private static final List<String> PATH_OPTIONS = List.of("--repo-path");

    private ArchiveCommand() {}

    /** Whether a command pushes with pgkeep; a script that does so inside cannot be told. */
    static boolean isPush(String command) {
        return words(command).contains("archive-push");
    }

    /** Whether a command leaves the push to one process that pushes ahead. */
    static boolean isAsync(String command) {
        return words(command).contains("--archive-async");
    }

    /** The cluster that a command names; empty when it leaves that to the configuration. */
    static Optional<String> clusterOf(String command) {
        return valueOf(command, CLUSTER_OPTIONS);
    }

    /**
     * Whether a command says in so many words that it pushes into another repository than one that is right does. What a file or the
     * environment says instead cannot be told.
     */
    static boolean goesElsewhere(String command, String right) {
        return !valueOf(command, PATH_OPTIONS).equals(valueOf(right, PATH_OPTIONS))
                || differ(valueOf(command, REPOSITORY_OPTIONS), valueOf(right, REPOSITORY_OPTIONS))
                || differ(valueOf(command, CONFIG_OPTIONS), valueOf(right, CONFIG_OPTIONS));
    }

    private static boolean differ(Optional<String> one, Optional<String> other) {
        return one.isPresent() && other.isPresent() && !one.equals(other);
    }

    private static Optional<String> valueOf(String command, List<String> names) {
        List<String> words = words(command);
        for (int i = 0; i < words.size(); i++) {
            for (String option : names) {
                if (words.get(i).equals(option) && i + 1 < words.size()) {
                    return Optional.of(words.get(i + 1));
                }
                if (words.get(i).startsWith(option + "=")) {
                    return Optional.of(words.get(i).substring(option.length() + 1));
                }
            }
        }
        return Optional.empty();
    }

    private static List<String> words(String command) {
        return List.of(command.replace("'", "").replace("\"", "").strip().split("\\s+"));
    }
}
