package org.pgkeep.config;

import static org.pgkeep.config.CommandName.INIT;
import static org.pgkeep.config.CommandName.KEY;
import static org.pgkeep.config.CommandSets.WORKING;

import java.nio.file.Path;
import java.util.List;
import org.pgkeep.config.OptionType.Flag;
import org.pgkeep.config.OptionType.PathName;
import org.pgkeep.config.OptionType.Text;

/** What opens a sealed repository. Rows of the table of {@link Options}. */
interface KeyOptions {
    String GROUP = "Key of a sealed repository";

    /** Whether a new repository is sealed. */
    Option<Boolean> ENCRYPT = Option.of(
                    "encrypt",
                    new Flag(),
                    "Makes a sealed repository: everything in it is encrypted and authenticated, with a key that --key-file"
                            + " (made if it is not there) or a passphrase opens, which is asked for if none is given")
            .withDefault("false")
            .in(Scope.RUN, GROUP)
            .on(INIT);

    /** The file that opens a sealed repository. */
    Option<Path> KEY_FILE = Option.of(
                    "key-file",
                    new PathName("FILE"),
                    "Opens a sealed repository with the key in this file, which only its owner and group may read; the way"
                            + " for servers")
            .in(Scope.REPOSITORY, GROUP)
            .on(WORKING);

    /** The passphrase that opens a sealed repository. */
    Option<String> PASSPHRASE = Option.of(
                    "repo-passphrase",
                    new Text("TEXT"),
                    "Passphrase of a sealed repository; only in the environment or in a file that not everyone can read")
            .withKey("passphrase")
            .asSecret()
            .in(Scope.REPOSITORY, GROUP)
            .on(WORKING);

    /** The file whose first line is the passphrase. */
    Option<Path> PASSPHRASE_FILE = Option.of(
                    "passphrase-file",
                    new PathName("FILE"),
                    "Opens a sealed repository with the passphrase in this file's first line")
            .in(Scope.REPOSITORY, GROUP)
            .on(WORKING);

    /** The command that prints the passphrase. */
    Option<String> PASSPHRASE_COMMAND = Option.of(
                    "passphrase-command",
                    new Text("COMMAND"),
                    "Opens a sealed repository with the passphrase that this shell command prints as its first line")
            .in(Scope.REPOSITORY, GROUP)
            .on(WORKING);

    /** The file of a new envelope. */
    Option<Path> NEW_KEY_FILE = Option.of(
                    "new-key-file",
                    new PathName("FILE"),
                    "Makes the new envelope for the key in this file, which is made if it is not there")
            .in(Scope.RUN, GROUP)
            .on(KEY);

    /** The file with the passphrase of a new envelope. */
    Option<Path> NEW_PASSPHRASE_FILE = Option.of(
                    "new-passphrase-file",
                    new PathName("FILE"),
                    "Makes the new envelope for the passphrase in this file's first line")
            .in(Scope.RUN, GROUP)
            .on(KEY);

    /** The command that prints the passphrase of a new envelope. */
    Option<String> NEW_PASSPHRASE_COMMAND = Option.of(
                    "new-passphrase-command",
                    new Text("COMMAND"),
                    "Makes the new envelope for the passphrase that this shell command prints as its first line")
            .in(Scope.RUN, GROUP)
            .on(KEY);

    /** What people call an envelope. */
    Option<String> KEY_NAME = Option.of("key-name", new Text("NAME"), "Calls a new envelope this, for people")
            .in(Scope.RUN, GROUP)
            .on(KEY);

    List<Option<?>> ROWS = List.of(
            ENCRYPT,
            KEY_FILE,
            PASSPHRASE,
            PASSPHRASE_FILE,
            PASSPHRASE_COMMAND,
            NEW_KEY_FILE,
            NEW_PASSPHRASE_FILE,
            NEW_PASSPHRASE_COMMAND,
            KEY_NAME);
}
