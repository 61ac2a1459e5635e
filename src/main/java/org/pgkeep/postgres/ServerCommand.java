package org.pgkeep.postgres;

import java.util.List;

/**
 * The text of {@code archive_command} or {@code restore_command}: words for a shell, in which the server replaces {@code %p}, {@code %f} and
 * {@code %%} ({@code common/percentrepl.c}; before 16 {@code access/transam/xlogarchive.c}).
 */
public final class ServerCommand {
    private static final String PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=./:,@";

    private ServerCommand() {}

    /**
     * A command of these words, each quoted where the shell needs it and a percent sign doubled.
     *
     * @param operands what the server fills in, as it is
     */
    public static String text(List<String> words, String operands) {
        StringBuilder text = new StringBuilder();
        for (String word : words) {
            text.append(quoted(word).replace("%", "%%")).append(' ');
        }
        return text.append(operands).toString();
    }

    private static String quoted(String word) {
        boolean plain = !word.isEmpty() && word.chars().allMatch(c -> PLAIN.indexOf(c) >= 0);
        return plain ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
