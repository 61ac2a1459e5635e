package org.pgkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Option;
import org.pgkeep.config.Options;

class CompletionTest {
    @TempDir
    Path folder;

    private static String output(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    /** What bash offers after these words. */
    private String completed(String... words) throws IOException, InterruptedException {
        Path script = Files.writeString(folder.resolve("bash"), Completion.bash());
        StringBuilder line = new StringBuilder("compopt() { :; }; source " + script + "; COMP_WORDS=(pgkeep");
        for (String word : words) {
            line.append(" '").append(word).append('\'');
        }
        line.append("); COMP_CWORD=").append(words.length).append("; _pgkeep; echo \"${COMPREPLY[@]}\"");
        return output(List.of("bash", "-c", line.toString())).strip();
    }

    @Test
    void bashAcceptsTheScriptAndCompletes() throws IOException, InterruptedException {
        output(List.of(
                "bash",
                "-n",
                Files.writeString(folder.resolve("x"), Completion.bash()).toString()));
        assertThat(completed("archive-")).isEqualTo("archive-push archive-get");
        assertThat(completed("backup", "--no-start")).isEqualTo("--no-start-fast");
        assertThat(completed("backup", "--start")).isEmpty();
        assertThat(completed("restore", "--target-action", "p")).isEqualTo("pause promote");
        assertThat(completed("help", "ver")).isEqualTo("verify version");
        assertThat(completed("--repo", "x", "completion", "")).isEqualTo("bash zsh");
        assertThat(completed("backup", "--jobs", "")).isEmpty();
        assertThat(completed("wal", "")).isEqualTo("status");
        assertThat(completed("repo", "")).isEqualTo("ls get put rm");
        assertThat(completed("key", "--out")).isEqualTo("--output");
        // As bash cuts what is typed: '=' is a word of its own.
        assertThat(completed("info", "--output", "=", "j")).isEqualTo("json");
        assertThat(completed("info", "--output", "=")).isEqualTo("text json");
    }

    @Test
    void zshAcceptsTheScript() throws IOException, InterruptedException {
        assumeThat(Path.of("/usr/bin/zsh")).isExecutable();
        output(List.of(
                "zsh",
                "-n",
                Files.writeString(folder.resolve("_pgkeep"), Completion.zsh()).toString()));
    }

    @Test
    void bothKnowEveryCommandAndOption() {
        for (String script : List.of(Completion.bash(), Completion.zsh())) {
            for (CommandName command : CommandName.values()) {
                assertThat(script).contains(command.text());
            }
            for (Option<?> option : Options.ALL) {
                boolean named = script.contains("--" + option.name()) || script.contains("--no-" + option.name());
                assertThat(named).as(option.name()).isEqualTo(!option.secret());
            }
        }
    }
}
