package org.pgkeep;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Map;
import org.pgkeep.cli.Cli;

/** The program's entry: knows the process, hands everything else to {@link Cli}. */
public final class Main {
    private static final Path SYSTEM_CONFIG = Path.of("/etc/pgkeep");

    private Main() {}

    /** Runs one command line and ends the process with its exit status. */
    public static void main(String[] arguments) {
        Map<String, String> environment = System.getenv();
        // Results are UTF-8 whatever the locale: cron and PostgreSQL run us in "C".
        PrintStream out = stream(FileDescriptor.out);
        PrintStream err = stream(FileDescriptor.err);
        Cli.Surroundings surroundings =
                new Cli.Surroundings(environment, SYSTEM_CONFIG, out, err, Clock.system(ZoneId.systemDefault()));
        Cli cli = new Cli(new Wiring(), surroundings);
        // PostgreSQL must see that a restore_command was ended by SIGTERM, and these have nothing to clean up.
        boolean lean = Cli.isLean(arguments);
        System.exit(lean ? cli.run(arguments) : Interruption.guard(() -> cli.run(arguments)));
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
    }
}
