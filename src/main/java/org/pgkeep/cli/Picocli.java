package org.pgkeep.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Stack;
import org.pgkeep.config.Arguments;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Given;
import org.pgkeep.config.Option;
import org.pgkeep.config.Options;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** picocli's model of one command, built from the table of options without annotations or reflection. */
final class Picocli {
    private Picocli() {}

    /** Reads the command line of this command. */
    static Given parse(CommandName command, String[] arguments) {
        CommandSpec root = specification().name("pgkeep");
        Options.of(command).forEach(option -> root.addOption(option(option, false)));
        // Options may stand before the command as well, so the command word is just the first operand.
        PositionalParamSpec words = PositionalParamSpec.builder()
                .index("0..*")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .build();
        root.addPositional(words);
        try {
            ParseResult result = configured(root).parseArgs(arguments);
            List<String> operands = words.stringValues();
            return new Given(command, options(result), operands.subList(1, operands.size()));
        } catch (CommandLine.UnmatchedArgumentException e) {
            throw unmatched(command, e).causedBy(e);
        } catch (CommandLine.ParameterException e) {
            throw new PgkeepException(
                            ErrorCode.USAGE,
                            lowerFirst(String.valueOf(e.getMessage())),
                            "See 'pgkeep help " + command + "'.")
                    .causedBy(e);
        }
    }

    private static CommandLine configured(CommandSpec root) {
        return commandLine(root)
                .setExpandAtFiles(false)
                .setInterpolateVariables(false)
                .setTrimQuotes(false)
                .setUnmatchedOptionsArePositionalParams(false);
    }

    static CommandSpec specification() {
        return CommandSpec.wrapWithoutInspection(null, Picocli::create);
    }

    static CommandLine commandLine(CommandSpec specification) {
        return new CommandLine(specification, Picocli::create);
    }

    /** What collects values. picocli's own factory looks for Groovy first: a search for what is not there opens the program's jar. */
    private static <T> T create(Class<T> type) throws Exception {
        return type == List.class
                ? type.cast(new ArrayList<>())
                : CommandLine.defaultFactory().create(type);
    }

    /** The option as picocli knows it; {@code forHelp} shows only the sensible form of each. */
    static OptionSpec option(Option<?> option, boolean forHelp) {
        List<String> names = new ArrayList<>();
        if (!option.letter().isEmpty()) {
            names.add("-" + option.letter());
        }
        names.add("--" + option.name());
        if (!forHelp) {
            option.aliases().forEach(alias -> names.add("--" + alias));
        }
        OptionSpec.Builder builder = OptionSpec.builder(names.toArray(String[]::new));
        boolean onByDefault = option.defaultText().equals(Optional.of("true"));
        if (option.isFlag()) {
            builder.type(boolean.class).arity("0").negatable(!forHelp || onByDefault);
        } else if (option.isList()) {
            builder.type(List.class)
                    .auxiliaryTypes(String.class)
                    .arity("1")
                    .paramLabel(option.type().label());
        } else if (forHelp || option.takesNext()) {
            String arity = option.takesNext() ? "1" : "0..1";
            builder.type(String.class).arity(arity).paramLabel(option.type().label());
        } else {
            builder.type(String.class).arity("1").preprocessor(Picocli::supplyBareValue);
        }
        return builder.description(description(option)).userObject(option).build();
    }

    private static Option<?> modelled(CommandLine.Model.ArgSpec argument) {
        return (Option<?>) argument.userObject();
    }

    /** Without this, an optional value would swallow the next argument, which may be the command. */
    private static boolean supplyBareValue(
            Stack<String> arguments,
            CommandSpec command,
            CommandLine.Model.ArgSpec argument,
            Map<String, Object> info) {
        if (!"=".equals(info.get("separator"))) {
            arguments.push(modelled(argument).type().bare().orElseThrow());
        }
        return false;
    }

    private static String description(Option<?> option) {
        String aliases = option.aliases().isEmpty() ? "" : " (also --" + String.join(", --", option.aliases()) + ")";
        boolean tellsDefault = option.defaultText().isPresent() && !option.isFlag();
        String standard = tellsDefault ? " (default: " + option.defaultText().orElseThrow() + ")" : "";
        // picocli treats the text as a format.
        return (option.sentence() + aliases + standard + ".").replace("%", "%%");
    }

    private static Map<Option<?>, List<String>> options(ParseResult result) {
        Map<Option<?>, List<String>> options = new LinkedHashMap<>();
        for (OptionSpec matched : result.matchedOptions()) {
            Option<?> option = modelled(matched);
            if (option.secret()) {
                throw Arguments.secretTyped(option);
            }
            options.put(option, option.isFlag() ? List.of(matched.getValue().toString()) : matched.stringValues());
        }
        return options;
    }

    private static PgkeepException unmatched(CommandName command, CommandLine.UnmatchedArgumentException e) {
        String typed = e.getUnmatched().getFirst();
        int equals = typed.indexOf('=');
        String bare = typed.startsWith("--") && equals > 0 ? typed.substring(0, equals) : typed;
        boolean elsewhere =
                bare.startsWith("--") && Options.named(bare.substring(2)).isPresent();
        return elsewhere
                ? new PgkeepException(
                        ErrorCode.USAGE,
                        "'" + command + "' has no option " + bare,
                        "'pgkeep help " + command + "' lists its options.")
                : Arguments.unknownOption(bare, Optional.of(command));
    }

    private static String lowerFirst(String message) {
        return message.isEmpty() ? message : Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }
}
