package org.pgkeep.cli;

import java.io.Console;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.pgkeep.codec.seal.Secret;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** Asks at the terminal: for secrets without showing them, and whether something is really wanted. */
final class Prompt {
    private static final String FROM = "the terminal";

    private Prompt() {}

    /** Whether somebody is there to be asked. */
    static boolean isPossible() {
        return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }

    /** One that is known. */
    static Secret.Passphrase passphrase(String question) {
        return passphrase(question, Prompt::read);
    }

    /** A new one, asked for twice. */
    static Secret.Passphrase newPassphrase(String question) {
        return newPassphrase(question, Prompt::read);
    }

    /** How the terminal answers a question. */
    interface Answer {
        /** The answer; empty when the terminal is closed. */
        char[] to(String question);
    }

    /** Whether the answer is yes; anything else is no. */
    static boolean agrees(String question) {
        return agrees(
                question,
                asked -> Optional.ofNullable(System.console())
                        .map(console -> console.readLine("%s", asked))
                        .map(String::toCharArray)
                        .orElse(new char[0]));
    }

    static boolean agrees(String question, Answer answer) {
        String text = new String(answer.to(question)).strip().toLowerCase(Locale.ROOT);
        return text.equals("y") || text.equals("yes");
    }

    static Secret.Passphrase passphrase(String question, Answer answer) {
        return Secret.Passphrase.of(new String(answer.to(question)), FROM);
    }

    static Secret.Passphrase newPassphrase(String question, Answer answer) {
        char[] first = answer.to(question);
        if (!Arrays.equals(first, answer.to("The same again: "))) {
            throw new PgkeepException(
                    ErrorCode.USAGE, "the two passphrases differ", "Nothing was done. Run the command again.");
        }
        return Secret.Passphrase.of(new String(first), FROM);
    }

    private static char[] read(String question) {
        return Optional.ofNullable(System.console())
                .map(console -> console.readPassword("%s", question))
                .orElse(new char[0]);
    }
}
