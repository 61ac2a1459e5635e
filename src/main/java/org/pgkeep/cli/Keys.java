package org.pgkeep.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.pgkeep.codec.seal.Chance;
import org.pgkeep.codec.seal.Envelope;
import org.pgkeep.codec.seal.Secret;
import org.pgkeep.codec.seal.SecretFile;
import org.pgkeep.config.Option;
import org.pgkeep.config.Options;
import org.pgkeep.config.Origin;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.KeySource;

/** The secret of a sealed repository, as the options say; where they say nothing, whoever sits at the terminal is asked. */
final class Keys implements KeySource {
    private static final List<Option<?>> WAYS =
            List.of(Options.KEY_FILE, Options.PASSPHRASE, Options.PASSPHRASE_FILE, Options.PASSPHRASE_COMMAND);

    private final Settings settings;

    Keys(Settings settings) {
        this.settings = settings;
    }

    @Override
    public boolean isGiven() {
        for (Option<?> way : WAYS) {
            if (settings.find(way).isPresent()) {
                return true;
            }
        }
        return false;
    }

    /** Whether the commands that a server runs will find it where these options do: in a file, or by a command. */
    boolean isLasting() {
        return isGiven() && !theOne().equals(Options.PASSPHRASE);
    }

    @Override
    public Secret secret(String repository, List<Envelope> envelopes) {
        if (isGiven()) {
            return given(false);
        }
        boolean byPassphrase =
                envelopes.stream().anyMatch(envelope -> envelope.kind() instanceof Envelope.Kind.Passphrase);
        if (byPassphrase
                && Prompt.isPossible()
                && !Cli.isLean(settings.command().text())) {
            return Prompt.passphrase("Passphrase of the repository " + repository + ": ");
        }
        throw KeySource.missing(repository, envelopes);
    }

    /**
     * The secret for a new repository; a key file that is not there is made.
     *
     * @throws PgkeepException {@code USAGE} when none is given, and nobody is there to be asked
     */
    Secret forNew() {
        if (isGiven()) {
            return given(true);
        }
        if (Prompt.isPossible()) {
            return Prompt.newPassphrase("Passphrase of the new repository: ");
        }
        throw new PgkeepException(
                ErrorCode.USAGE,
                "--encrypt needs a key",
                "Give --key-file FILE, which is made if it is not there, or --passphrase-file or --passphrase-command, or set"
                        + " PGKEEP_REPO_PASSPHRASE; at a terminal, a passphrase is asked for.");
    }

    /**
     * The secret for a new envelope; a key file that is not there is made.
     *
     * @throws PgkeepException {@code USAGE} when none is given, or two are, and nobody is there to be asked
     */
    Secret forEnvelope() {
        List<Supplier<Secret>> given = new ArrayList<>();
        settings.find(Options.NEW_KEY_FILE).ifPresent(path -> given.add(() -> keyFile(path, true)));
        settings.find(Options.NEW_PASSPHRASE_FILE)
                .ifPresent(path -> given.add(() -> new SecretFile(path).passphrase()));
        settings.find(Options.NEW_PASSPHRASE_COMMAND)
                .ifPresent(command -> given.add(() -> PassphraseCommand.run(command)));
        if (given.size() == 1) {
            return given.getFirst().get();
        }
        if (given.isEmpty() && Prompt.isPossible()) {
            return Prompt.newPassphrase("New passphrase: ");
        }
        throw new PgkeepException(
                ErrorCode.USAGE,
                given.isEmpty() ? "the new envelope needs a secret" : "the new envelope can have one secret only",
                "Give one of --new-key-file, --new-passphrase-file and --new-passphrase-command.");
    }

    private Secret given(boolean fresh) {
        Option<?> way = theOne();
        if (way.equals(Options.KEY_FILE)) {
            return keyFile(settings.require(Options.KEY_FILE), fresh);
        }
        if (way.equals(Options.PASSPHRASE_FILE)) {
            return new SecretFile(settings.require(Options.PASSPHRASE_FILE)).passphrase();
        }
        if (way.equals(Options.PASSPHRASE_COMMAND)) {
            return PassphraseCommand.run(settings.require(Options.PASSPHRASE_COMMAND));
        }
        return Secret.Passphrase.of(
                settings.require(Options.PASSPHRASE),
                settings.origin(Options.PASSPHRASE).toString());
    }

    private static Secret keyFile(Path path, boolean fresh) {
        SecretFile file = new SecretFile(path);
        return fresh && !Files.exists(path) ? file.make(Chance.ofTheSystem()) : file.key();
    }

    /** What is typed hides what is in the environment, and that what is in a file; of one place, only one may be set. */
    private Option<?> theOne() {
        List<Option<?>> best = new ArrayList<>();
        for (Option<?> way : WAYS) {
            if (settings.find(way).isPresent()) {
                int rank = best.isEmpty() ? 0 : rank(way) - rank(best.getFirst());
                if (rank < 0) {
                    best.clear();
                }
                if (rank <= 0) {
                    best.add(way);
                }
            }
        }
        if (best.size() > 1) {
            throw new PgkeepException(
                    ErrorCode.CONFIG,
                    best.get(0) + " and " + best.get(1) + " are both set: " + settings.origin(best.get(0)) + ", "
                            + settings.origin(best.get(1)),
                    "Keep one of them.");
        }
        return best.getFirst();
    }

    private int rank(Option<?> option) {
        return switch (settings.origin(option)) {
            case Origin.CommandLine _ -> 0;
            case Origin.Environment _ -> 1;
            case Origin.File _ -> 2;
            case Origin.Default _ -> 3;
        };
    }
}
