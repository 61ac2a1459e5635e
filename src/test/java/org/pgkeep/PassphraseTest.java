package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.error.ErrorCode;

/** A repository sealed with a passphrase, from init to restore, by command lines alone. */
final class PassphraseTest {
    @TempDir
    private Path directory;

    private record Outcome(int status, String out) {}

    @Test
    void whatWasSealedWithAPassphraseIsRestoredWithIt() throws IOException {
        Path data = StoppedCluster.make(directory.resolve("data"));
        String first = passphrase("first", "correct horse");
        String second = passphrase("second", "battery staple");
        assertDone(run("init", "--encrypt", "--allow-root", "--pgdata", data.toString(), "--passphrase-file", first));
        assertDone(run(
                "backup",
                "--offline",
                "--allow-root",
                "--pgdata",
                data.toString(),
                "--passphrase-file",
                first,
                "--name",
                "sealed"));

        Path restored = directory.resolve("restored");
        assertThat(run("restore", "-D", restored.toString(), "--backup", "sealed")
                        .status())
                .isEqualTo(ErrorCode.KEY_MISSING.exitStatus());
        assertThat(run("restore", "-D", restored.toString(), "--passphrase-file", second)
                        .status())
                .isEqualTo(ErrorCode.KEY_WRONG.exitStatus());
        assertThat(restored).doesNotExist();
        assertDone(run(
                "restore", "-D", restored.toString(), "--backup", "sealed", "--passphrase-command", "cat " + first));
        assertThat(restored.resolve(StoppedCluster.FILE)).hasSameBinaryContentAs(data.resolve(StoppedCluster.FILE));

        assertDone(run("key", "rotate", "--allow-root", "--passphrase-file", first, "--new-passphrase-file", second));
        assertThat(run("info", "--passphrase-file", first).status()).isEqualTo(ErrorCode.KEY_WRONG.exitStatus());
        Path again = directory.resolve("again");
        assertDone(run("restore", "-D", again.toString(), "--passphrase-file", second));
        assertThat(again.resolve(StoppedCluster.FILE)).hasSameBinaryContentAs(data.resolve(StoppedCluster.FILE));
        assertThat(run("repo", "get", "clusters/main/cluster.json", "--passphrase-file", second)
                        .out())
                .contains("systemIdentifier");
    }

    private String passphrase(String name, String text) throws IOException {
        Path file = Files.writeString(directory.resolve(name), text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file.toString();
    }

    private static void assertDone(Outcome outcome) {
        assertThat(outcome.status()).as(outcome.out()).isZero();
    }

    private Outcome run(String... arguments) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(output, true, StandardCharsets.UTF_8);
        List<String> words = new ArrayList<>(List.of(arguments));
        words.addAll(List.of("--repo-path", directory.resolve("repository").toString()));
        int status = Main.cli(stream, stream).run(words.toArray(String[]::new));
        return new Outcome(status, output.toString(StandardCharsets.UTF_8));
    }
}
