package org.pgkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CliTest {
    @TempDir
    Path folder;

    private Runs.Outcome run(String... arguments) {
        return new Runs(folder).run(arguments);
    }

    /** Parses all of it, or fails. */
    static void assertIsOneJsonDocument(String text) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(text)) {
            int depth = 0;
            int documents = 0;
            while (parser.nextToken() != null) {
                switch (parser.currentToken()) {
                    case START_OBJECT, START_ARRAY -> documents += depth++ == 0 ? 1 : 0;
                    case END_OBJECT, END_ARRAY -> depth--;
                    default -> {}
                }
            }
            assertThat(documents).isEqualTo(1);
        }
    }

    @Test
    void theVersionIsPrinted() throws IOException {
        assertThat(run("version").out()).matches("pgkeep \\d+\\.\\d+\\.\\d+\\S*\n");
        assertThat(run("--version")).isEqualTo(run("version"));
        Runs.Outcome json = run("version", "--output=json");
        assertThat(json.status()).isZero();
        assertIsOneJsonDocument(json.out());
        assertThat(json.out()).contains("\"version\"", "\"java\"");
    }

    @Test
    void withoutACommandHelpIsPrintedAndTheStatusSaysThatOneWasMissing() {
        assertThat(run().status()).isEqualTo(2);
        assertThat(run().out()).contains("Commands:");
        assertThat(run("--help").status()).isZero();
        assertThat(run("--cluster", "a").err()).contains("pgkeep: error: no command");
    }

    @Test
    void anErrorHasAMessageAHintAStatusAndNothingOnStdout() {
        Runs.Outcome outcome = run("bakcup");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).isEqualTo("pgkeep: error: unknown command 'bakcup'\nHINT: Did you mean 'backup'?\n");
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void aProgramGetsADocumentAlsoWhenSomethingIsWrong() throws IOException {
        for (String[] line : new String[][] {
            {"config", "-o", "json", "--jobs", "many"},
            {"config", "--output=json", "--jobz", "1"},
            {"info", "--output", "json", "--cluster", "none", "--repo-path", "/x"},
        }) {
            Runs.Outcome outcome = run(line);
            assertThat(outcome.status()).as(String.join(" ", line)).isNotZero();
            assertIsOneJsonDocument(outcome.out());
            assertThat(outcome.out()).contains("\"error\"", "\"status\" : " + outcome.status());
            assertThat(outcome.err()).contains("pgkeep: error: ");
        }
    }

    @Test
    void operandsAreCounted() {
        assertThat(run("config", "x").err()).contains("unexpected 'x'", "Usage: pgkeep config [OPTION]...");
        assertThat(run("completion").err()).contains("an operand is missing", "bash|zsh");
        assertThat(run("completion", "fish").status()).isEqualTo(2);
    }

    @Test
    void configTellsEveryValueAndWhereItCameFrom() throws IOException {
        Path file = Files.writeString(
                folder.resolve("pgkeep.toml"), "[repository.r]\npath = '/repo'\n[cluster.sales]\npgdata = '/data'\n");
        Runs.Outcome text = new Runs(folder).with("PGKEEP_PASSWORD", "s3cret").run("config", "--jobs", "3");
        assertThat(text.status()).isZero();
        assertThat(text.out())
                .containsPattern("jobs +3 +command line")
                .containsPattern("repo-path +/repo +" + file + ":2 \\[repository.r\\]")
                .containsPattern("pgdata +/data +" + file + ":4 \\[cluster.sales\\]")
                .containsPattern("password +\\*{8} +environment PGKEEP_PASSWORD")
                .containsPattern("compress +zstd:1 +default")
                .doesNotContain("s3cret");
        Runs.Outcome json = run("config", "-o", "json");
        assertIsOneJsonDocument(json.out());
        assertThat(json.out()).contains("\"cluster\" : \"sales\"");
    }

    @Test
    void aFailureNeverLooksLikeTheEndOfTheArchive() throws IOException {
        Files.writeString(folder.resolve("pgkeep.toml"), "jops = 1\n");
        Runs.Outcome outcome = run("archive-get", "000000010000000000000001", "x");
        assertThat(outcome.status()).isNotEqualTo(1).isNotEqualTo(0);
        assertThat(run("archive-get", "a").status()).isNotEqualTo(1);
    }

    @Test
    void anEmptyRepositoryIsSaidToBeMissing() {
        Runs.Outcome outcome = run("info", "--repo-path", "/x");
        assertThat(outcome.status()).isEqualTo(30);
    }

    @Test
    void logLinesAreJsonIfWanted() throws IOException {
        Runs.Outcome outcome = run("info", "--repo-path", "/x", "--log-format", "json");
        assertIsOneJsonDocument(outcome.err());
        assertThat(outcome.err())
                .contains("\"level\":\"error\"", "\"code\":\"REPOSITORY_MISSING\"", "\"status\":\"30\"");
    }

    @Test
    void theLogFileGetsTheErrorToo() throws IOException {
        Path log = folder.resolve("pgkeep.log");
        assertThat(run("info", "--repo-path", "/x", "--log-file", log.toString())
                        .status())
                .isEqualTo(30);
        assertThat(Files.readString(log)).matches("2026-11-21T21:30:00\\.000\\+01:00 ERROR .*repository.*\n");
        assertThat(run("info", "--log-file", folder.resolve("no/dir.log").toString())
                        .err())
                .contains("open log file");
    }
}
