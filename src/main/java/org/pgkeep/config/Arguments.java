package org.pgkeep.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.Nearest;
import org.pgkeep.error.PgkeepException;

/**
 * Reads a command line by the table of options and nothing else, for the commands that PostgreSQL starts once a segment: a
 * library for it would cost more time than their work. Accepts {@code --name value}, {@code --name=value}, {@code --flag},
 * {@code --no-flag}, {@code --mode}, {@code -x value}, {@code -xvalue}; {@code --} ends the options; options may stand before and after the command.
 */
public final class Arguments {
    private final String[] arguments;
    private final Optional<CommandName> command;
    private final Map<Option<?>, List<String>> options = new LinkedHashMap<>();
    private final List<String> words = new ArrayList<>();
    private int at;

    private Arguments(String[] arguments) {
        this.arguments = arguments;
        this.command = command(arguments).flatMap(CommandName::of);
    }

    /** The first word that is neither option nor an option's value: the command as it was typed; empty if there is none. */
    public static Optional<String> command(String[] arguments) {
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            if (argument.equals("--")) {
                return i + 1 < arguments.length ? Optional.of(arguments[i + 1]) : Optional.empty();
            }
            if (argument.length() < 2 || argument.charAt(0) != '-') {
                return Optional.of(argument);
            }
            if (takesNext(argument, i + 1 < arguments.length ? arguments[i + 1] : "")) {
                i++;
            }
        }
        return Optional.empty();
    }

    /** Where one command's option of this name takes a word and another's does not, a command's name is none, nor is another option. */
    private static boolean takesNext(String argument, String next) {
        if (!argument.startsWith("--")) {
            Optional<Option<?>> option = Options.lettered(argument.substring(1, 2));
            return option.isPresent() && option.get().takesNext() && argument.length() == 2;
        }
        boolean some = false;
        boolean all = true;
        for (Option<?> option : Options.allNamed(argument.substring(2))) {
            some |= option.takesNext();
            all &= option.takesNext();
        }
        return some && (all || (CommandName.of(next).isEmpty() && !next.startsWith("-")));
    }

    /**
     * Reads a whole command line.
     *
     * @throws PgkeepException {@code USAGE} when it names no known command, an option that the command does not have, or lacks
     *     an option's value
     */
    public static Given parse(String[] arguments) {
        Arguments parser = new Arguments(arguments);
        parser.readAll();
        if (parser.words.isEmpty()) {
            throw new PgkeepException(ErrorCode.USAGE, "no command", "'pgkeep help' lists them.");
        }
        String typed = parser.words.getFirst();
        CommandName command = CommandName.of(typed).orElseThrow(() -> unknownCommand(typed));
        for (Option<?> option : parser.options.keySet()) {
            if (!option.isOf(command)) {
                throw new PgkeepException(
                        ErrorCode.USAGE,
                        "'" + command + "' has no option " + option,
                        "'pgkeep help " + command + "' lists its options.");
            }
        }
        return new Given(command, parser.options, parser.words.subList(1, parser.words.size()));
    }

    /** The error for a command that does not exist. */
    public static PgkeepException unknownCommand(String typed) {
        String hint = Nearest.to(typed, CommandName.texts())
                .map(near -> "Did you mean '" + near + "'?")
                .orElse("'pgkeep help' lists the commands.");
        return new PgkeepException(ErrorCode.USAGE, "unknown command '" + typed + "'", hint);
    }

    /** The error for an option that a command does not have. */
    public static PgkeepException unknownOption(String typed, Optional<CommandName> command) {
        String name = typed.startsWith("--") ? typed.substring(2) : typed;
        List<String> names = new ArrayList<>();
        for (Option<?> option : Options.ALL) {
            if (command.isEmpty() || option.isOf(command.get())) {
                names.add(option.name());
                names.addAll(option.aliases());
                if (option.isFlag()) {
                    names.add("no-" + option.name());
                }
            }
        }
        String help =
                command.isPresent() ? "'pgkeep help " + command.get() + "' lists its options." : "'pgkeep help' helps.";
        return new PgkeepException(
                ErrorCode.USAGE,
                "unknown option '" + typed + "'",
                Nearest.to(name, names)
                        .map(near -> "Did you mean '--" + near + "'?")
                        .orElse(help));
    }

    /** The error for a secret that was typed. */
    public static PgkeepException secretTyped(Option<?> option) {
        return new PgkeepException(
                ErrorCode.USAGE,
                option
                        + " is a secret and not accepted on the command line, where every user of this machine can see it",
                "Set " + option.variable().orElse("it in the environment") + " or '" + option.key()
                        + "' in a configuration file that only its user can read.");
    }

    private void readAll() {
        while (at < arguments.length) {
            String argument = arguments[at++];
            if (argument.equals("--")) {
                while (at < arguments.length) {
                    words.add(arguments[at++]);
                }
            } else if (argument.startsWith("--")) {
                readLong(argument);
            } else if (argument.length() > 1 && argument.charAt(0) == '-') {
                readShort(argument);
            } else {
                words.add(argument);
            }
        }
    }

    private void readLong(String argument) {
        int equals = argument.indexOf('=');
        String name = argument.substring(2, equals < 0 ? argument.length() : equals);
        Optional<Option<?>> option = named(name);
        if (option.isPresent() && !option.get().isFlag()) {
            add(option.get(), equals < 0 ? valueOf(option.get()) : argument.substring(equals + 1));
        } else if (option.isPresent() && equals < 0) {
            add(option.get(), "true");
        } else if (name.startsWith("no-") && equals < 0 && isFlag(name.substring(3))) {
            add(named(name.substring(3)).orElseThrow(), "false");
        } else {
            throw unknownOption(argument, command);
        }
    }

    private Optional<Option<?>> named(String name) {
        return command.isPresent() ? Options.named(name, command.get()) : Options.named(name);
    }

    private boolean isFlag(String name) {
        Optional<Option<?>> option = named(name);
        return option.isPresent() && option.get().isFlag();
    }

    private void readShort(String argument) {
        Option<?> option =
                Options.lettered(argument.substring(1, 2)).orElseThrow(() -> unknownOption(argument, command));
        add(option, argument.length() == 2 ? next(option) : argument.substring(2));
    }

    /** The value of an option that has none attached. */
    private String valueOf(Option<?> option) {
        return option.type().bare().orElseGet(() -> next(option));
    }

    private String next(Option<?> option) {
        if (at == arguments.length) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    option + " needs a value",
                    "It must be " + option.type().allowed() + ".");
        }
        return arguments[at++];
    }

    private void add(Option<?> option, String value) {
        if (option.secret()) {
            throw secretTyped(option);
        }
        List<String> values = options.computeIfAbsent(option, _ -> new ArrayList<>());
        if (!values.isEmpty() && !option.isList()) {
            throw new PgkeepException(ErrorCode.USAGE, option + " is given twice");
        }
        values.add(value);
    }
}
