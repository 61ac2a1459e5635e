package org.pgkeep.terminal;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where a bar can be drawn.
 *
 * @param err the stream to draw on
 * @param isTerminal whether a person looks at it
 * @param columns how many characters fit in a line
 */
public record Screen(PrintStream err, boolean isTerminal, int columns) {
    private static final int COLUMNS_DEFAULT = 80;
    private static final int COLUMNS_MIN = 40;
    private static final int COLUMNS_MAX = 120;

    /** This process's stderr. Java can tell only whether stdin and stdout are a terminal, Linux can tell about stderr. */
    public static Screen ofStderr(PrintStream err, Map<String, String> environment) {
        boolean dumb = environment.getOrDefault("TERM", "dumb").equals("dumb");
        return new Screen(err, !dumb && isTerminal(2), columns(environment.getOrDefault("COLUMNS", "")));
    }

    /** Whether this file descriptor of the process is a terminal. */
    public static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }

    private static int columns(String text) {
        try {
            return Math.clamp(Integer.parseInt(text), COLUMNS_MIN, COLUMNS_MAX);
        } catch (NumberFormatException e) {
            return COLUMNS_DEFAULT;
        }
    }
}
