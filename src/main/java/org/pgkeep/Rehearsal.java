package org.pgkeep;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.pgkeep.cli.Cli;

/**
 * Runs several command lines in one process. The build does so once, while Java records which classes they use: the class
 * cache of the installed program, from which every later run starts.
 */
final class Rehearsal {
    private static final String THEN = "--then";

    private Rehearsal() {}

    /** Command lines, one after another with {@code --then} between them. The build looks at how each ended. */
    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        Cli cli = Main.cli(out, out);
        List<String> rest = Arrays.asList(arguments);
        while (!rest.isEmpty()) {
            int end = rest.contains(THEN) ? rest.indexOf(THEN) : rest.size();
            String[] line = rest.subList(0, end).toArray(String[]::new);
            int status = Main.run(cli, line);
            out.println("status " + status + ": " + String.join(" ", line));
            rest = rest.subList(Math.min(end + 1, rest.size()), rest.size());
        }
        out.flush();
    }
}
