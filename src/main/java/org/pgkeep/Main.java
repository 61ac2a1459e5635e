package org.pgkeep;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.InstantSource;
import org.pgkeep.cli.Cli;
import org.pgkeep.error.ErrorCode;

/** The program's entry: knows the process, hands everything else to {@link Cli}. */
public final class Main {
    private static final Path SYSTEM_CONFIG = Path.of("/etc/pgkeep");

    /**
     * The status to end with for {@link ErrorCode#EXIT_NOT_FOUND}. A Java that cannot start ends with 1 as well, which a
     * {@code restore_command} must not say then; so the launcher asks for another number, and translates.
     */
    private static final String NOT_FOUND = "pgkeep.status.not.found";

    private Main() {}

    /** Runs one command line and ends the process with its exit status. */
    public static void main(String[] arguments) {
        Cli cli = cli(stream(FileDescriptor.out), stream(FileDescriptor.err));
        int status = translated(run(cli, arguments));
        if (Cli.isLean(arguments) || isAsInstalled()) {
            // exit would first start Java's logging framework, to log the exit.
            Runtime.getRuntime().halt(status);
        }
        System.exit(status);
    }

    /** Else something may be left to do: a library that unpacked itself is removed at the exit, and a flight recorder writes its file. */
    private static boolean isAsInstalled() {
        return System.getProperty("ZstdNativePath") != null && System.getenv("PGKEEP_JAVA_OPTS") == null;
    }

    /** Runs one command line; its exit status. */
    static int run(Cli cli, String... line) {
        // PostgreSQL must see that a restore_command was ended by SIGTERM, and the lean ones have nothing to clean up.
        if (Cli.isLean(line)) {
            return cli.run(line);
        }
        LocalClock.prepare();
        return Interruption.guard(() -> cli.run(line), Cli.isEndless(line));
    }

    private static int translated(int status) {
        return status == ErrorCode.EXIT_NOT_FOUND ? Integer.getInteger(NOT_FOUND, status) : status;
    }

    /** A command line in the surroundings of this process; results are UTF-8 whatever the locale: servers run us in "C". */
    static Cli cli(PrintStream out, PrintStream err) {
        Clock clock = new LocalClock();
        return new Cli(
                new Wiring(InstantSource.system()),
                new Cli.Surroundings(System.getenv(), SYSTEM_CONFIG, out, err, clock));
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new Pipe(descriptor), false, StandardCharsets.UTF_8);
    }

    /** A reader that has seen enough, as {@code head}, is no error; a full disk is, and {@link Cli} asks whether there was one. */
    private static final class Pipe extends FileOutputStream {
        Pipe(FileDescriptor descriptor) {
            super(descriptor);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                super.write(bytes, offset, length);
            } catch (IOException e) {
                // The launcher has the C library speak English.
                if (!"Broken pipe".equals(e.getMessage())) {
                    throw e;
                }
            }
        }
    }
}
