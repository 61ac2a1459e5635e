package org.pgkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.memory.MemoryStorage;

/** {@code pgkeep repo}: single objects, by hand. */
class RepoCommandTest {
    private static final ObjectName WAL = new ObjectName("clusters/main/wal/1/0000000100000000/by-hand.zst");

    @TempDir
    private Path temporary = Path.of("/nowhere");

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private Runs runs = new Runs(temporary);
    private Label label = Label.parse("20261121-203000F").orElseThrow();

    @BeforeEach
    void fill() {
        runs = with(new MemoryStorage(clock));
        label = TinyRepository.coldBackup(TinyRepository.cluster(runs.storage(), clock), clock, TinyRepository.files(7))
                .label();
    }

    private Runs with(Storage storage) {
        return new Runs(temporary.resolve("etc"))
                .in(storage, clock)
                .with("PGKEEP_REPO_PATH", "/repo")
                .with("PGKEEP_ALLOW_ROOT", "true");
    }

    private Path file(String content) throws IOException {
        return Files.writeString(temporary.resolve("content"), content);
    }

    @Test
    void aFolderIsListed() {
        assertThat(runs.run("repo", "ls").out().lines().map(String::strip))
                .anyMatch(line -> line.endsWith("  clusters/"))
                .anyMatch(line -> line.endsWith("  repository.json"));
        String out = runs.run("repo", "ls", "clusters/main/backups/" + label).out();
        assertThat(out)
                .contains("/backup.json\n", "/manifest.pb.zst\n", "/packs/\n")
                .doesNotContain("1.pack");
        assertThat(runs.run("repo", "ls", "--recursive", "clusters/main/").out())
                .contains("/packs/1.pack\n");
        assertThat(runs.run("repo", "ls", "-o", "json", "repository.json").out())
                .contains("\"path\" : \"repository.json\"", "\"type\" : \"object\"", "\"bytes\" : ");
    }

    @Test
    void anObjectIsPrinted() {
        assertThat(runs.run("repo", "get", "clusters/main/backups/" + label + "/backup.json")
                        .out())
                .contains("\"label\" : \"" + label + "\"");
    }

    @Test
    void whatIsPutIsCompressedAsItsNameSaysAndComesBackExpanded() throws IOException {
        String content = "segment ".repeat(1000);
        assertThat(runs.run("repo", "put", WAL.value(), file(content).toString())
                        .out())
                .isEqualTo(WAL + ": stored\n");
        assertThat(TinyRepository.bytes(runs.storage(), WAL)).hasSizeLessThan(200);
        assertThat(runs.run("repo", "get", WAL.value()).out()).isEqualTo(content);
        assertThat(runs.run("repo", "get", "--raw", WAL.value()).out()).hasSizeLessThan(200);
    }

    @Test
    void ofASealedRepositoryContentsAreUnsealed() throws IOException {
        MemoryStorage storage = new MemoryStorage(clock);
        TinyRepository.sealedCluster(storage, clock);
        Runs sealed = with(storage);
        Runs.Outcome refused = sealed.run("repo", "get", "clusters/main/cluster.json");
        assertThat(refused.status()).isEqualTo(ErrorCode.KEY_MISSING.exitStatus());
        assertThat(sealed.run("repo", "get", "--raw", "clusters/main/cluster.json")
                        .out())
                .doesNotContain("systemIdentifier");
        assertThat(sealed.run("repo", "ls", "clusters/main").out()).contains("clusters/main/cluster.json");
    }

    @Test
    void anObjectIsReplacedOnlyByForce() throws IOException {
        String path = "clusters/main/fence.json";
        assertThat(runs.run("repo", "put", path, file("one").toString()).status())
                .isZero();
        Runs.Outcome refused = runs.run("repo", "put", path, file("two").toString());
        assertThat(refused.status()).isEqualTo(ErrorCode.CONFLICT.exitStatus());
        assertThat(refused.err()).contains(path + " is already there", "--force");
        assertThat(runs.run("repo", "get", path).out()).isEqualTo("one");
        assertThat(runs.run("repo", "put", "--force", path, file("two").toString())
                        .out())
                .isEqualTo(path + ": replaced\n");
        assertThat(runs.run("repo", "get", path).out()).isEqualTo("two");
        assertThat(runs.run("repo", "put", "--force", path, "/nowhere/at/all").status())
                .isEqualTo(ErrorCode.PATH_MISSING.exitStatus());
        assertThat(runs.run("repo", "get", path).out()).as("still there").isEqualTo("two");
    }

    @Test
    void removingWantsForceWhereNobodyCanBeAsked() {
        String pack = "clusters/main/backups/" + label + "/packs/1.pack";
        Runs.Outcome refused = runs.run("repo", "rm", pack);
        assertThat(refused.status()).isEqualTo(ErrorCode.USAGE.exitStatus());
        assertThat(refused.err()).contains("1 object of ", "would be removed, and nobody is at a terminal to be asked");
        assertThat(runs.run("repo", "rm", "--dry-run", pack).out()).contains("would be removed");
        assertThat(runs.storage().info(new ObjectName(pack))).isPresent();
        assertThat(runs.run("repo", "rm", "--force", pack).out()).endsWith(" removed\n");
        assertThat(runs.storage().info(new ObjectName(pack))).isEmpty();
    }

    @Test
    void ofSeveralPathsAllAreThereOrNoneIsRemoved() {
        String manifest = "clusters/main/backups/" + label + "/manifest.pb.zst";
        Runs.Outcome missing = runs.run("repo", "rm", "--force", manifest, "clusters/main/nothing");
        assertThat(missing.status()).isEqualTo(ErrorCode.PATH_MISSING.exitStatus());
        assertThat(missing.err()).contains("clusters/main/nothing: there is no such object");
        assertThat(runs.storage().info(new ObjectName(manifest))).isPresent();
    }

    @Test
    void aFolderGoesOnlyRecursively() {
        Runs.Outcome folder = runs.run("repo", "rm", "--force", "clusters/main");
        assertThat(folder.status()).isEqualTo(ErrorCode.USAGE.exitStatus());
        assertThat(folder.err()).contains("clusters/main is a folder", "--recursive");
        assertThat(runs.run("repo", "rm", "-r", "--force", "clusters/main", "-o", "json")
                        .out())
                .contains("\"done\" : \"removed\"");
        assertThat(TinyRepository.names(runs.storage())).containsExactly(new ObjectName("repository.json"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../etc/passwd", "clusters/../../x", "/etc/passwd", "", ".", "a//b", "clusters/.tmp", "ä", "a b"
            })
    void noPathLeadsOutOfTheRepository(String path) {
        for (List<String> line : List.of(
                List.of("repo", "ls", path),
                List.of("repo", "get", path),
                List.of("repo", "put", path, "/etc/hostname"),
                List.of("repo", "rm", "--force", "-r", path))) {
            Runs.Outcome outcome = runs.run(line.toArray(String[]::new));
            assertThat(outcome.status()).as("%s", line).isEqualTo(ErrorCode.USAGE.exitStatus());
            assertThat(outcome.err()).contains("'" + path + "' is not a path in a repository");
        }
    }

    @Test
    void whatIsWrongIsSaid() {
        assertThat(runs.run("repo").err()).contains("an operand is missing");
        assertThat(runs.run("repo", "list").err()).contains("unknown action 'list'");
        assertThat(runs.run("repo", "get").err()).contains("a path is missing");
        assertThat(runs.run("repo", "ls", "a", "b").err()).contains("unexpected 'b'");
        assertThat(runs.run("repo", "get", "clusters/main").err()).contains("is a folder, not an object");
        assertThat(runs.run("repo", "ls", "clusters/none").err()).contains("there is no such object");
        assertThat(runs.run("repo", "get", "-o", "json", "repository.json").err())
                .contains("not a document");
        runs.storage().create(WAL, "no zstd".getBytes(StandardCharsets.US_ASCII));
        assertThat(runs.run("repo", "get", WAL.value()).err()).contains("cannot be expanded", "--raw");
    }

    @Test
    void onlyYesIsYes() {
        assertThat(Prompt.agrees("?", _ -> "y".toCharArray())).isTrue();
        assertThat(Prompt.agrees("?", _ -> " Yes ".toCharArray())).isTrue();
        assertThat(Prompt.agrees("?", _ -> new char[0])).isFalse();
        assertThat(Prompt.agrees("?", _ -> "yup".toCharArray())).isFalse();
    }
}
