package org.pgkeep.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.config.Arguments;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Given;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.terminal.Display;
import org.pgkeep.terminal.LogFormat;
import org.pgkeep.terminal.LogLevel;
import org.pgkeep.terminal.Screen;

/** Runs command lines. */
public final class Cli {
    private final Features features;
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

    /** With features built by this, in these surroundings. */
    public Cli(Features features, Surroundings surroundings) {
        this.features = features;
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

    private static boolean isLean(CommandName name) {
        return switch (name) {
            case VERSION, ARCHIVE_PUSH, ARCHIVE_GET -> true;
            case INIT, CHECK, BACKUP, RESTORE, INFO, VERIFY, CONFIG, DEMO, HELP, COMPLETION -> false;
        };
    }

    /**
     * Runs one command line; never throws.
     *
     * @return the exit status
     */
    public int run(String... arguments) {
        try {
            return dispatch(arguments);
        } catch (PgkeepException e) {
            surroundings.err().println(Display.forPeople(e));
            return e.code().exitStatus();
        } catch (RuntimeException | Error e) {
            return bug(e);
        } finally {
            surroundings.out().flush();
            surroundings.err().flush();
        }
    }

    private int dispatch(String[] arguments) {
        boolean help = asksForHelp(arguments);
        Optional<String> typed = Arguments.command(arguments);
        if (typed.isEmpty()) {
            return withoutCommand(arguments, help);
        }
        CommandName name = CommandName.of(typed.get()).orElseThrow(() -> Arguments.unknownCommand(typed.get()));
        if (help) {
            return run(new Given(CommandName.HELP, Map.of(), List.of(name.text())));
        }
        return run(isLean(name) ? Arguments.parse(arguments) : Picocli.parse(name, arguments));
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

    private int withoutCommand(String[] arguments, boolean help) {
        if (Arrays.asList(arguments).contains("--version")
                || Arrays.asList(arguments).contains("-V")) {
            return run(new Given(CommandName.VERSION, Map.of(), List.of()));
        }
        if (help || arguments.length == 0) {
            int status = run(new Given(CommandName.HELP, Map.of(), List.of()));
            return help ? status : ErrorCode.USAGE.exitStatus();
        }
        Arguments.parse(arguments);
        throw new PgkeepException(ErrorCode.BUG, "a command line without a command was read as one");
    }

    private int run(Given given) {
        try {
            Settings settings = Settings.load(given, surroundings.environment(), surroundings.systemConfig());
            Screen screen = Screen.ofStderr(surroundings.err(), surroundings.environment());
            try (Display display = Display.open(look(settings), screen, surroundings.clock(), System::nanoTime)) {
                return run(settings, display);
            }
        } catch (PgkeepException e) {
            surroundings.err().println(Display.forPeople(e));
            return failed(
                    e, given.options().getOrDefault(Options.OUTPUT, List.of()).contains("json"));
        }
    }

    private int run(Settings settings, Display display) {
        try {
            boolean bold = settings.command() == CommandName.HELP && Screen.isTerminal(1);
            Command command = Commands.of(settings.command(), bold);
            return command.run(new Invocation(settings, features, display.progress(), surroundings.out()));
        } catch (PgkeepException e) {
            if (e.code() == ErrorCode.BUG) {
                e.printStackTrace(surroundings.err());
            }
            display.error(e);
            return failed(e, asksForJson(settings));
        }
    }

    /** A program that reads stdout gets a document whatever happens. */
    private int failed(PgkeepException e, boolean json) {
        if (json) {
            JsonOutput.printError(surroundings.out(), e);
        }
        return e.code().exitStatus();
    }

    private static boolean asksForJson(Settings settings) {
        return Options.OUTPUT.isOf(settings.command())
                && settings.get(Options.OUTPUT).equals("json");
    }

    private static Display.Look look(Settings settings) {
        CommandName command = settings.command();
        Display.Steps steps = Display.Steps.NONE;
        if (Options.PROGRESS.isOf(command)) {
            steps = switch (settings.get(Options.PROGRESS)) {
                case "on" -> Display.Steps.LINES;
                case "off" -> Display.Steps.NONE;
                default -> Display.Steps.AUTO;
            };
        }
        return Options.LOG_LEVEL.isOf(command)
                ? new Display.Look(
                        steps,
                        LogLevel.named(settings.get(Options.LOG_LEVEL)),
                        settings.get(Options.LOG_FORMAT).equals("json") ? LogFormat.JSON : LogFormat.TEXT,
                        settings.find(Options.LOG_FILE))
                : new Display.Look(steps, LogLevel.INFO, LogFormat.TEXT, Optional.empty());
    }

    private int bug(Throwable e) {
        e.printStackTrace(surroundings.err());
        PgkeepException bug = new PgkeepException(ErrorCode.BUG, "unexpected " + e);
        surroundings.err().println(Display.forPeople(bug));
        return ErrorCode.BUG.exitStatus();
    }
}
