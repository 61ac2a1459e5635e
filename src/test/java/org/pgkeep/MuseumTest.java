package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The museum of broken repositories: for each, to the letter what a person is told by info, verify, restore and backup. What is expected
 * is {@code src/test/resources/museum/guide.txt}; run with {@code -Dpgkeep.rewrite=true} to write it anew, and read it before you commit.
 */
final class MuseumTest {
    private static final Path GUIDE = Path.of("src/test/resources/museum/guide.txt");

    @TempDir
    private Path directory;

    private final List<String> labels = new ArrayList<>();
    private Path data = Path.of("/nowhere");

    @Test
    void everyWayToBeBrokenIsSaidToAPersonWhoCanHelp() throws IOException {
        data = StoppedCluster.make(directory.resolve("data"));
        Path sound = directory.resolve("sound");
        backup(sound, "--type=full");
        backup(sound, "--type=full");
        try (Stream<Path> backups = Files.list(sound.resolve("clusters/main/backups"))) {
            backups.map(path -> String.valueOf(path.getFileName())).sorted().forEach(labels::add);
        }
        StringBuilder guide = new StringBuilder();
        for (Museum.Exhibit exhibit : new Museum(labels.get(0), labels.get(1)).exhibits()) {
            guide.append(tour(exhibit, sound)).append('\n');
        }
        if (Boolean.getBoolean("pgkeep.rewrite")) {
            Files.writeString(GUIDE, guide);
        }
        assertThat(guide.toString()).isEqualTo(Files.readString(GUIDE));
    }

    private void backup(Path repository, String type) {
        assertThat(run(repository, "backup", "--offline", "--allow-root", type, "--pgdata", data.toString()))
                .startsWith("status 0\n");
    }

    private String tour(Museum.Exhibit exhibit, Path sound) throws IOException {
        Path room = Files.createTempDirectory(directory, "room");
        Path repository = room.resolve("repository");
        Museum.copy(sound, repository);
        exhibit.damage().to(repository);
        Path restored = room.resolve("restored");
        return "==== " + exhibit.title() + "\n"
                + told("info", run(repository, "info"))
                + told("verify", run(repository, "verify", "--no-mark"))
                + told("restore", run(repository, "restore", "--jobs=1", "-D", restored.toString()))
                + told(
                        "backup",
                        run(
                                repository,
                                "backup",
                                "--offline",
                                "--allow-root",
                                "--jobs=1",
                                "--pgdata",
                                data.toString()));
    }

    /** What a person looks at when something is wrong: errors, problems, warnings, hints. */
    private static String told(String command, String output) {
        StringBuilder told =
                new StringBuilder(command + ": " + output.lines().findFirst().orElseThrow() + "\n");
        output.lines()
                .skip(1)
                .map(MuseumTest::withoutTime)
                .filter(line -> line.matches("(?i)(WARN |ERROR |PROBLEM|pgkeep: |HINT|warning|note |affects).*"))
                .forEach(line -> told.append("    ").append(line).append('\n'));
        return told.toString();
    }

    private static String withoutTime(String line) {
        return line.replaceFirst("^\\d{4}-\\d\\d-\\d\\dT\\S+ ", "").strip();
    }

    private Path empty() {
        try {
            return Files.writeString(directory.resolve("pgkeep.toml"), "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A command line's status and all that it prints, with the names of this run replaced. */
    private String run(Path repository, String... arguments) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(output, true, StandardCharsets.UTF_8);
        List<String> words = new ArrayList<>(List.of(arguments));
        // Not this machine's own configuration.
        words.addAll(List.of("--config", empty().toString(), "--repo-path", repository.toString()));
        int status = Main.cli(stream, stream).run(words.toArray(String[]::new));
        String text = output.toString(StandardCharsets.UTF_8)
                .replace(repository.toString(), "/repository")
                .replace(directory.toString(), "/museum");
        for (int i = 0; i < labels.size(); i++) {
            text = text.replace(labels.get(i), i == 0 ? "OLDER" : "NEWER");
        }
        return "status " + status + "\n"
                + text.replaceAll("20(2[1-9]|[3-9]\\d)\\d{4}-\\d{6}[FDI]", "NEXT")
                        // A manifest compresses differently with other times in it.
                        .replaceAll("\\d{4,} bytes", "MANY bytes")
                        .replaceAll("was \\d{4,}", "was MANY");
    }
}
