package org.pgkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.codec.seal.Argon2id;
import org.pgkeep.codec.seal.Chance;
import org.pgkeep.codec.seal.DataKey;
import org.pgkeep.codec.seal.Envelope;
import org.pgkeep.codec.seal.Secret;
import org.pgkeep.config.Arguments;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** Where secrets come from, and that they go nowhere. */
class KeysTest {
    private static final String PASSPHRASE = "Tr0ub4dor & 3";

    @TempDir
    private Path folder;

    private final Map<String, String> environment = new HashMap<>();

    @Test
    void aPassphraseComesFromEnvironmentFileOrCommand() throws IOException {
        environment.put("PGKEEP_REPO_PASSPHRASE", PASSPHRASE);
        assertOpens(keys());
        environment.clear();
        String file = file("passphrase", PASSPHRASE + "\n").toString();
        assertOpens(keys("--passphrase-file", file));
        assertOpens(keys("--passphrase-command", "cat " + file));
        environment.put("PGKEEP_PASSPHRASE_COMMAND", "echo '" + PASSPHRASE + "'; echo more");
        assertOpens(keys());
    }

    @Test
    void aConfigurationFileSetsThemForEachRepository() throws IOException {
        file("pgkeep.toml", "[repository.r]\npath = '/r'\npassphrase = '" + PASSPHRASE + "'\n");
        assertOpens(keys());
    }

    @Test
    void whatIsTypedHidesWhatIsConfigured() throws IOException {
        environment.put("PGKEEP_KEY_FILE", "/nowhere");
        file("pgkeep.toml", "[repository.r]\npath = '/r'\npassphrase-command = 'false'\n");
        assertOpens(keys("--passphrase-file", file("p", PASSPHRASE).toString()));
    }

    @Test
    void twoInOnePlaceAreRefused() {
        assertFails(
                ErrorCode.CONFIG,
                "--key-file and --passphrase-file are both set",
                () -> secret(keys("--key-file", "/a", "--passphrase-file", "/b")));
    }

    @Test
    void aCommandThatFailsIsAnErrorThatDoesNotShowItsOutput() {
        assertFails(
                ErrorCode.CONFIG,
                "--passphrase-command failed with status 3",
                () -> secret(keys("--passphrase-command", "echo '" + PASSPHRASE + "'; exit 3")));
        assertFails(ErrorCode.CONFIG, "is empty", () -> secret(keys("--passphrase-command", "true")));
    }

    @Test
    void aMissingKeyFileIsMadeOnlyForANewRepository() {
        Path file = folder.resolve("key");
        assertFails(ErrorCode.PATH_MISSING, file.toString(), () -> secret(keys("--key-file", file.toString())));
        assertThat(file).doesNotExist();
        assertThat(keys("--key-file", file.toString()).forNew()).isInstanceOf(Secret.KeyFile.class);
        assertThat(file).exists();
        assertThat(secret(keys("--key-file", file.toString()))).isInstanceOf(Secret.KeyFile.class);
    }

    @Test
    void withoutAnyTheErrorSaysWhatToGive() {
        assertFails(ErrorCode.KEY_MISSING, "no key was given", () -> secret(keys()));
        assertFails(ErrorCode.USAGE, "--encrypt needs a key", () -> keys().forNew());
        assertThat(keys().isGiven()).isFalse();
    }

    @Test
    void aPassphraseOnTheCommandLineIsRefusedWithoutRepeatingIt() {
        assertThatExceptionOfType(PgkeepException.class)
                .isThrownBy(() -> keys("--repo-passphrase", PASSPHRASE))
                .satisfies(e -> assertThat(e.getMessage() + e.hint()).doesNotContain(PASSPHRASE));
        for (String form : new String[] {"--repo-passphrase=" + PASSPHRASE, "--repo-passphrase " + PASSPHRASE}) {
            for (String command : new String[] {"info", "archive-push"}) {
                Runs.Outcome outcome = new Runs(folder).run((command + " " + form).split(" ", 3));
                assertThat(outcome.status()).isEqualTo(ErrorCode.USAGE.exitStatus());
                assertThat(outcome.out() + outcome.err())
                        .contains("is a secret")
                        .doesNotContain(PASSPHRASE);
            }
        }
    }

    @Test
    void configAndLogsShowNoSecret() throws IOException {
        Path log = folder.resolve("log");
        Runs runs = new Runs(folder).with("PGKEEP_REPO_PASSPHRASE", PASSPHRASE);
        for (String[] line : new String[][] {
            {"config"}, {"config", "-o", "json"}, {"info", "--repo-path", "/x", "--log-level", "debug"}
        }) {
            List<String> all = new java.util.ArrayList<>(List.of(line));
            all.addAll(List.of("--log-file", log.toString()));
            Runs.Outcome outcome = runs.run(all.toArray(String[]::new));
            assertThat(outcome.out() + outcome.err()).doesNotContain(PASSPHRASE);
        }
        assertThat(!Files.exists(log) || !Files.readString(log).contains(PASSPHRASE))
                .isTrue();
        assertThat(runs.run("config").out())
                .containsPattern("repo-passphrase +\\*{8} +environment PGKEEP_REPO_PASSPHRASE");
    }

    @Test
    void aNewPassphraseIsAskedForTwice() {
        assertThat(Prompt.newPassphrase("new", _ -> PASSPHRASE.toCharArray())).isNotNull();
        assertFails(
                ErrorCode.USAGE,
                "the two passphrases differ",
                () -> Prompt.newPassphrase("new", question -> question.toCharArray()));
        assertFails(ErrorCode.CONFIG, "is empty", () -> Prompt.newPassphrase("new", _ -> new char[0]));
    }

    private Keys keys(String... options) {
        List<String> line = new java.util.ArrayList<>(List.of("info"));
        line.addAll(List.of(options));
        return new Keys(Settings.load(Arguments.parse(line.toArray(String[]::new)), environment, folder));
    }

    private static Secret secret(Keys keys) {
        return keys.secret("/r", List.of());
    }

    private static void assertOpens(Keys keys) {
        Secret.Passphrase right = Secret.Passphrase.of(PASSPHRASE, "a test").stretched(new Argon2id(64, 1, 1));
        Chance chance = Chance.ofTheSystem();
        Envelope envelope = Envelope.seal(DataKey.random(chance), right, "r", 1, "", Instant.EPOCH, chance);
        Optional<DataKey> opened = envelope.open(secret(keys), "r");
        assertThat(opened).isPresent();
    }

    private Path file(String name, String content) throws IOException {
        Path file = Files.writeString(folder.resolve(name), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private static void assertFails(ErrorCode code, String words, ThrowingCallable call) {
        assertThatExceptionOfType(PgkeepException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.code()).isEqualTo(code))
                .satisfies(e -> assertThat(e.getMessage() + e.hint()).doesNotContain(PASSPHRASE))
                .withMessageContaining(words);
    }
}
