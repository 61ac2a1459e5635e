package org.pgkeep.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.archive.RecoveryExit;
import org.pgkeep.config.Arguments;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Given;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.terminal.Display;
import org.pgkeep.terminal.Screen;

/** Runs command lines. */
public final class Cli {
    private final Backends backends;
    private final Surroundings surroundings;

    /**
     * What surrounds the process.
     *
     * @param environment its variables
     * @param systemConfig the directory of the machine's configuration file
     * @param out where results go
     * @param err where everything else goes
     * @param clock the time, in the zone in which log lines show it
     */
    public record Surroundings(
            Map<String, String> environment, Path systemConfig, PrintStream out, PrintStream err, Clock clock) {
        public Surroundings {
            environment = Map.copyOf(environment);
        }
    }

    /** With backends opened by this, in these surroundings. */
    public Cli(Backends backends, Surroundings surroundings) {
        this.backends = backends;
        this.surroundings = surroundings;
    }

    /** Whether this command line is of a command that PostgreSQL waits for once per segment, or as short. */
    public static boolean isLean(String... arguments) {
        return Arguments.command(arguments)
                        .flatMap(CommandName::of)
                        .map(Cli::isLean)
                        .orElse(true)
                && !asksForHelp(arguments);
    }

    /** Whether this command line is of a command that works until a signal ends it. */
    public static boolean isEndless(String... arguments) {
        return Arguments.command(arguments).flatMap(CommandName::of).equals(Optional.of(CommandName.RECEIVE_WAL));
    }

    private static boolean isLean(CommandName name) {
        return switch (name) {
            case VERSION, ARCHIVE_PUSH, ARCHIVE_GET -> true;
            case INIT,
                    CHECK,
                    UPGRADE,
                    BACKUP,
                    RESTORE,
                    INFO,
                    METRICS,
                    VERIFY,
                    KEY,
                    RECEIVE_WAL,
                    WAL,
                    STOP,
                    START,
                    EXPIRE,
                    DELETE,
                    MERGE,
                    COMPACT,
                    COPY,
                    FORGET,
                    PIN,
                    UNPIN,
                    ANNOTATE,
                    MANIFEST,
                    REPO,
                    CONFIG,
                    DEMO,
                    HELP,
                    COMPLETION -> false;
        };
    }

    /**
     * Runs one command line; never throws.
     *
     * @return the exit status
     */
    public int run(String... arguments) {
        int status = runWithoutProof(arguments);
        if (surroundings.out().checkError() && (status == 0 || status == ErrorCode.EXIT_WARNINGS)) {
            surroundings
                    .err()
                    .println(
                            Display.forPeople(
                                    new PgkeepException(
                                            ErrorCode.FILE_WRITE,
                                            "the result could not be written to the standard output",
                                            "What the command does is done. Where that is a file, its disk may be full: what is in it is not complete.")));
            surroundings.err().flush();
            return ErrorCode.FILE_WRITE.exitStatus();
        }
        return status;
    }

    private int runWithoutProof(String... arguments) {
        Optional<CommandName> command = Arguments.command(arguments).flatMap(CommandName::of);
        try {
            return dispatch(arguments, command);
        } catch (PgkeepException e) {
            surroundings.err().println(Display.forPeople(e));
            return failed(e, command, asksForJson(arguments));
        } catch (RuntimeException | Error e) {
            e.printStackTrace(surroundings.err());
            PgkeepException bug = new PgkeepException(ErrorCode.BUG, "unexpected " + e);
            surroundings.err().println(Display.forPeople(bug));
            return failed(bug, command, asksForJson(arguments));
        } finally {
            surroundings.out().flush();
            surroundings.err().flush();
        }
    }

    private int dispatch(String[] arguments, Optional<CommandName> command) {
        boolean help = asksForHelp(arguments);
        if (command.isPresent()) {
            return run(read(arguments, command.get(), help));
        }
        List<String> words = Arrays.asList(arguments);
        if (words.contains("--version") || words.contains("-V")) {
            return run(new Given(CommandName.VERSION, Map.of(), List.of()));
        }
        if (!help && !words.isEmpty()) {
            return run(Arguments.parse(arguments)); // says what is wrong with it
        }
        int status = run(new Given(CommandName.HELP, Map.of(), List.of()));
        return help ? status : ErrorCode.USAGE.exitStatus();
    }

    private static Given read(String[] arguments, CommandName command, boolean help) {
        if (help) {
            return new Given(CommandName.HELP, Map.of(), List.of(command.text()));
        }
        return isLean(command) ? Arguments.parse(arguments) : Picocli.parse(command, arguments);
    }

    private static boolean asksForHelp(String[] arguments) {
        for (String argument : arguments) {
            if (argument.equals("--")) {
                return false;
            }
            if (argument.equals("--help") || argument.equals("-?")) {
                return true;
            }
        }
        return false;
    }

    /** Good enough for a command line that cannot be read. */
    private static boolean asksForJson(String[] arguments) {
        String words = String.join(" ", arguments);
        return words.contains("--output json") || words.contains("--output=json") || words.contains("-o json");
    }

    private int run(Given given) {
        Settings settings = Settings.load(given, surroundings.environment(), surroundings.systemConfig());
        Screen screen = Screen.ofStderr(surroundings.err(), surroundings.environment());
        try (Display display = Display.open(Looks.of(settings), screen, surroundings.clock(), System::nanoTime)) {
            return run(settings, display);
        }
    }

    private int run(Settings settings, Display display) {
        try {
            Root.refuse(settings);
            boolean bold = settings.command() == CommandName.HELP && Screen.isTerminal(1);
            Invocation invocation = new Invocation(settings, backends, display.progress(), surroundings.out());
            return Commands.of(settings.command(), bold).run(invocation);
        } catch (PgkeepException e) {
            if (e.code() == ErrorCode.BUG) {
                e.printStackTrace(surroundings.err());
            }
            display.error(e);
            boolean json = Options.OUTPUT.isOf(settings.command())
                    && settings.get(Options.OUTPUT).equals("json");
            return failed(e, Optional.of(settings.command()), json);
        }
    }

    /** The exit status of an error; a program that reads stdout gets a document whatever happens. */
    private int failed(PgkeepException e, Optional<CommandName> command, boolean json) {
        if (json) {
            JsonOutput.printError(surroundings.out(), e);
        }
        // Not even a wrong configuration may look like the end of the archive to PostgreSQL.
        return command.equals(Optional.of(CommandName.ARCHIVE_GET))
                ? RecoveryExit.status(e.code(), Path.of(""))
                : e.code().exitStatus();
    }
}
