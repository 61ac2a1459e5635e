package org.pgkeep.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The table of options: each is declared once, as a row of its group. A new option is a new row there, and its name in the group's
 * rows. This is the door to all of them: {@code Options.JOBS}.
 */
public final class Options
        implements GeneralOptions,
                CommandOptions,
                ServerOptions,
                ArchiveOptions,
                ReceiveOptions,
                StoreOptions,
                KeyOptions,
                BackupOptions,
                RecoveryOptions,
                RestoreOptions,
                RetentionOptions,
                VerifyOptions,
                LoggingOptions {
    /** Every option, in the order in which help and reference list them. */
    public static final List<Option<?>> ALL = List.copyOf(all());

    private static List<Option<?>> all() {
        List<Option<?>> all = new ArrayList<>();
        for (List<Option<?>> group : List.of(
                GeneralOptions.ROWS,
                CommandOptions.ROWS,
                ServerOptions.ROWS,
                ArchiveOptions.ROWS,
                ReceiveOptions.ROWS,
                StoreOptions.ROWS,
                KeyOptions.ROWS,
                BackupOptions.ROWS,
                RecoveryOptions.ROWS,
                RestoreOptions.ROWS,
                RetentionOptions.ROWS,
                VerifyOptions.ROWS,
                LoggingOptions.ROWS)) {
            all.addAll(group);
        }
        return all;
    }

    private Options() {}

    /** The options of a command, in order. */
    public static List<Option<?>> of(CommandName command) {
        List<Option<?>> options = new ArrayList<>();
        for (Option<?> option : ALL) {
            if (option.isOf(command)) {
                options.add(option);
            }
        }
        return options;
    }

    /** The first option typed as {@code --name} or by an alias, of whichever command. */
    public static Optional<Option<?>> named(String name) {
        return first(allNamed(name));
    }

    /**
     * The option of a command typed as {@code --name} or by an alias; another command's when this one has none. Two commands may mean
     * different things by a name: {@code info --wal}, {@code backup --wal=stream}.
     */
    static Optional<Option<?>> named(String name, CommandName command) {
        List<Option<?>> options = allNamed(name);
        for (Option<?> option : options) {
            if (option.isOf(command)) {
                return Optional.of(option);
            }
        }
        return first(options);
    }

    private static Optional<Option<?>> first(List<Option<?>> options) {
        return options.isEmpty() ? Optional.empty() : Optional.of(options.getFirst());
    }

    /** The options typed as {@code --name} or by an alias, of all commands. */
    static List<Option<?>> allNamed(String name) {
        List<Option<?>> options = new ArrayList<>(1);
        for (Option<?> option : ALL) {
            if (option.name().equals(name) || option.aliases().contains(name)) {
                options.add(option);
            }
        }
        return options;
    }

    /** The option typed as {@code -x}. */
    static Optional<Option<?>> lettered(String letter) {
        for (Option<?> option : ALL) {
            if (option.letter().equals(letter)) {
                return Optional.of(option);
            }
        }
        return Optional.empty();
    }

    /** The option that an environment variable sets. */
    static Optional<Option<?>> ofVariable(String variable) {
        for (Option<?> option : ALL) {
            if (option.variable().isPresent() && option.variable().get().equals(variable)) {
                return Optional.of(option);
            }
        }
        return Optional.empty();
    }
}
