package org.pgkeep.setup;

import java.util.List;
import java.util.Optional;

/** The text of {@code archive_command}: words for a shell, in which the server replaces {@code %p}, {@code %f} and {@code %%}. */
final class ArchiveCommand {
    private static final String PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=./:,@";
    private static final List<String> CLUSTER_OPTIONS = List.of("--cluster", "--stanza", "--instance");

    private ArchiveCommand() {}

    /** The command that pushes a segment, from the words that start the push. */
    static String text(List<String> push) {
        StringBuilder text = new StringBuilder();
        for (String word : push) {
            text.append(quoted(word).replace("%", "%%")).append(' ');
        }
        return text.append("%p").toString();
    }

    private static String quoted(String word) {
        boolean plain = !word.isEmpty() && word.chars().allMatch(c -> PLAIN.indexOf(c) >= 0);
        return plain ? word : "'" + word.replace("'", "'\\''") + "'";
    }

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
        List<String> words = words(command);
        for (int i = 0; i < words.size(); i++) {
            for (String option : CLUSTER_OPTIONS) {
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
