package org.pgkeep.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.pgkeep.codec.seal.Secret;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** A shell command that prints the passphrase: a password manager's, a key service's. What it prints is shown nowhere. */
final class PassphraseCommand {
    private static final String FROM = "--passphrase-command";

    private PassphraseCommand() {}

    /**
     * Runs it.
     *
     * @throws PgkeepException {@code CONFIG} when it fails or prints nothing
     */
    static Secret.Passphrase run(String command) {
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", command)
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                .redirectError(Redirect.INHERIT);
        try {
            Process process = builder.start();
            String line = firstLine(process).orElse("");
            int status = process.waitFor();
            if (status != 0) {
                throw new PgkeepException(
                        ErrorCode.CONFIG,
                        FROM + " failed with status " + status,
                        "Run it by hand as the same user; it must print the passphrase and end with status 0.");
            }
            return Secret.Passphrase.of(line, FROM);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.CONFIG, "run " + FROM, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PgkeepException(ErrorCode.TERMINATED, "interrupted while " + FROM + " ran").causedBy(e);
        }
    }

    private static Optional<String> firstLine(Process process) throws IOException {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            Optional<String> first = Optional.ofNullable(lines.readLine());
            // Read to the end: a writer whose reader goes away fails.
            while (lines.readLine() != null) {}
            return first;
        }
    }
}
