package org.pgkeep.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One row of the table of options.
 *
 * @param name as typed after {@code --}
 * @param key as written in a file; differs from the name only in {@code [repository.R]}, where {@code --repo-path} is
 *     {@code path}
 * @param letter the short form without its dash, or empty
 * @param aliases other names, as users of other tools know it
 * @param type what its value may be
 * @param defaultText the value if nobody sets it, as it would be typed; empty if there is none
 * @param secret never accepted on a command line, never printed
 * @param scope where it may be set
 * @param commands which commands have it
 * @param group the heading under which help lists it
 * @param sentence what it does, in one sentence
 * @param <T> what the program gets
 */
public record Option<T>(
        String name,
        String key,
        String letter,
        List<String> aliases,
        OptionType<T> type,
        Optional<String> defaultText,
        boolean secret,
        Scope scope,
        Set<CommandName> commands,
        String group,
        String sentence) {
    static final String ENVIRONMENT_PREFIX = "PGKEEP_";

    public Option {
        aliases = List.copyOf(aliases);
        commands = Set.copyOf(commands);
    }

    /** Options have unique names; comparing all fields, as records do by themselves, costs milliseconds at every start. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Option<?> option && name.equals(option.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    static <T> Option<T> of(String name, OptionType<T> type, String sentence) {
        return new Option<>(
                name, name, "", List.of(), type, Optional.empty(), false, Scope.RUN, Set.of(), "Options", sentence);
    }

    /** The environment variable that sets it; empty where only the command line may. */
    public Optional<String> variable() {
        return scope == Scope.RUN
                ? Optional.empty()
                : Optional.of(ENVIRONMENT_PREFIX + name.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** Whether it is switched on by its mere name. */
    public boolean isFlag() {
        return type instanceof OptionType.Flag;
    }

    /** Whether the next argument is its value when none is attached to its name. */
    public boolean takesNext() {
        return !isFlag() && type.bare().isEmpty();
    }

    /** Whether it may be given more than once. */
    public boolean isList() {
        return type instanceof OptionType.Listed<?>;
    }

    /** Whether a configuration file may set it. */
    public boolean inFile() {
        return switch (scope) {
            case GLOBAL, REPOSITORY, CLUSTER, CLUSTER_OR_REPOSITORY -> true;
            case SELECTOR, RUN -> false;
        };
    }

    /** Whether this command has it. */
    public boolean isOf(CommandName command) {
        return commands.contains(command);
    }

    Option<T> withKey(String other) {
        return new Option<>(name, other, letter, aliases, type, defaultText, secret, scope, commands, group, sentence);
    }

    Option<T> withLetter(String other) {
        return new Option<>(name, key, other, aliases, type, defaultText, secret, scope, commands, group, sentence);
    }

    Option<T> withAliases(String... others) {
        return new Option<>(
                name, key, letter, List.of(others), type, defaultText, secret, scope, commands, group, sentence);
    }

    Option<T> withDefault(String other) {
        return new Option<>(
                name, key, letter, aliases, type, Optional.of(other), secret, scope, commands, group, sentence);
    }

    Option<T> asSecret() {
        return new Option<>(name, key, letter, aliases, type, defaultText, true, scope, commands, group, sentence);
    }

    Option<T> in(Scope where, String heading) {
        return new Option<>(name, key, letter, aliases, type, defaultText, secret, where, commands, heading, sentence);
    }

    Option<T> on(CommandName... others) {
        return new Option<>(
                name, key, letter, aliases, type, defaultText, secret, scope, Set.of(others), group, sentence);
    }

    @Override
    public String toString() {
        return "--" + name;
    }
}
