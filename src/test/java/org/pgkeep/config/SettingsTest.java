package org.pgkeep.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

class SettingsTest {
    @TempDir
    Path home;

    private final Map<String, String> environment = new HashMap<>();
    private Path file;

    @BeforeEach
    void aHomeDirectory() {
        environment.put("HOME", home.toString());
        file = home.resolve(".config/pgkeep/pgkeep.toml");
    }

    private void write(Path path, String... lines) throws IOException {
        Files.createDirectories(path.getParent());
        Files.write(path, List.of(lines));
    }

    private Settings load(String... arguments) {
        return Settings.load(Arguments.parse(arguments), environment, home.resolve("etc"));
    }

    private PgkeepException refused(String... arguments) {
        try {
            load(arguments);
        } catch (PgkeepException e) {
            return e;
        }
        throw new AssertionError("accepted");
    }

    @Test
    void policiesOfRetentionStandInAClusterOrItsRepository() throws IOException {
        write(
                file,
                "[repository.local]",
                "path = '/repo'",
                "retention.window = '7d'",
                "retention.full = 3",
                "[cluster.main.retention]",
                "full = 2",
                "chains = 'together'");
        Settings settings = load("expire");
        assertThat(settings.find(Options.RETENTION_WINDOW)).contains(Duration.ofDays(7));
        assertThat(settings.find(Options.RETENTION_FULL))
                .as("the cluster's wins")
                .contains(2);
        assertThat(settings.get(Options.RETENTION_CHAINS)).isEqualTo("together");
        write(file, "[cluster.main]", "retention.fall = 2");
        assertThat(refused("expire")).hasMessageContaining("unknown option 'retention.fall' in [cluster.main]");
    }

    @Test
    void nothingNeedsToBeConfigured() {
        Settings settings = load("backup", "--pgdata", "/data", "--repo-path", "/repo");

        assertThat(settings.cluster()).isEqualTo("main");
        assertThat(settings.repository()).isEqualTo("local");
        assertThat(settings.require(Options.PGDATA)).isEqualTo(Path.of("/data"));
        assertThat(settings.require(Options.REPOSITORY_PATH)).isEqualTo(Path.of("/repo"));
        assertThat(settings.get(Options.COMPRESSION)).isEqualTo("zstd:1");
        assertThat(settings.get(Options.START_FAST)).isTrue();
        assertThat(settings.get(Options.ARCHIVE_TIMEOUT)).isEqualTo(Duration.ofSeconds(60));
        assertThat(settings.get(Options.PACK_SIZE)).isEqualTo(256L << 20);
        assertThat(settings.find(Options.HOST)).isEmpty();
        assertThat(settings.origin(Options.COMPRESSION)).isEqualTo(new Origin.Default());
        assertThat(settings.files()).isEmpty();
    }

    @Test
    void aNearerPlaceWins() throws IOException {
        assertThat(load("backup").origin(Options.JOBS)).isEqualTo(new Origin.Default());

        write(file, "jobs = 2", "[cluster.main]", "pgdata = '/data'");
        assertThat(load("backup").get(Options.JOBS)).isEqualTo(2);

        write(file, "jobs = 2", "[command.backup]", "jobs = 3", "[cluster.main]", "pgdata = '/data'");
        assertThat(load("backup").get(Options.JOBS)).isEqualTo(3);
        assertThat(load("restore").get(Options.JOBS)).isEqualTo(2);

        write(file, "jobs = 2", "[command.backup]", "jobs = 3", "[cluster.main]", "jobs = 4");
        assertThat(load("backup").get(Options.JOBS)).isEqualTo(4);

        write(file, "[cluster.main]", "jobs = 4", "[cluster.main.command.backup]", "jobs = 5");
        assertThat(load("backup").get(Options.JOBS)).isEqualTo(5);
        assertThat(load("restore").get(Options.JOBS)).isEqualTo(4);
        assertThat(load("backup").origin(Options.JOBS))
                .isEqualTo(new Origin.File(file, 4, "cluster.main.command.backup"));

        environment.put("PGKEEP_JOBS", "6");
        assertThat(load("backup").get(Options.JOBS)).isEqualTo(6);
        assertThat(load("backup").origin(Options.JOBS)).hasToString("environment PGKEEP_JOBS");

        assertThat(load("backup", "-j", "7").get(Options.JOBS)).isEqualTo(7);
        assertThat(load("backup", "-j", "7").origin(Options.JOBS)).hasToString("command line");
    }

    @Test
    void aFlagOfAFileCanBeTakenBack() throws IOException {
        write(file, "[cluster.main]", "link-all = true");
        assertThat(load("restore").get(Options.LINK_ALL)).isTrue();
        assertThat(load("restore", "--no-link-all").get(Options.LINK_ALL)).isFalse();
    }

    @Test
    void anEmptyVariableIsNotSet() {
        environment.put("PGKEEP_JOBS", "");
        assertThat(load("backup").origin(Options.JOBS)).isEqualTo(new Origin.Default());
    }

    @Test
    void theFirstRepositoryIsTheDefaultAndOthersAreChosenByName() throws IOException {
        write(
                file,
                "[repository.near]",
                "path = '/near'",
                "compression = 'lz4'",
                "[repository.far]",
                "type = 'posix'",
                "path = '/far'");
        assertThat(load("backup").repository()).isEqualTo("near");
        assertThat(load("backup").require(Options.REPOSITORY_PATH)).isEqualTo(Path.of("/near"));
        assertThat(load("backup").get(Options.COMPRESSION)).isEqualTo("lz4");
        assertThat(load("backup", "--repo", "far").require(Options.REPOSITORY_PATH))
                .isEqualTo(Path.of("/far"));
        assertThat(load("backup", "--repo", "far").get(Options.COMPRESSION)).isEqualTo("zstd:1");
        assertThat(refused("backup", "--repo", "farr"))
                .hasMessage("repository 'farr' is in no configuration file")
                .extracting(e -> e.hint().orElseThrow())
                .isEqualTo("Did you mean 'far'?");
    }

    @Test
    void aClusterMayHaveItsOwnRepository() throws IOException {
        write(
                file,
                "[repository.near]",
                "path = '/near'",
                "[repository.far]",
                "path = '/far'",
                "[cluster.a]",
                "[cluster.b]",
                "repo = 'far'");
        assertThat(load("backup", "--cluster", "a").repository()).isEqualTo("near");
        assertThat(load("backup", "--stanza=b").repository()).isEqualTo("far");
    }

    @Test
    void theOnlyClusterIsTheDefault() throws IOException {
        write(file, "[cluster.sales]", "pgdata = '/sales'");
        assertThat(load("backup").cluster()).isEqualTo("sales");
        assertThat(load("info").clusterIsChosen()).isTrue();
        write(file, "[cluster.sales]", "pgdata = '/sales'", "[cluster.shop]", "pgdata = '/shop'");
        assertThat(load("backup").cluster()).isEqualTo("main");
        assertThat(load("info").clusterIsChosen()).isFalse();
        assertThat(load("backup", "--instance", "shop").require(Options.PGDATA)).isEqualTo(Path.of("/shop"));
        assertThatThrownBy(() -> load("backup").require(Options.PGDATA))
                .hasMessage("--pgdata is missing for cluster 'main'")
                .extracting(e -> ((PgkeepException) e).hint().orElseThrow())
                .asString()
                .contains("PGKEEP_PGDATA", "[cluster.main]", "sales, shop");
    }

    @Test
    void theNamedFileIsReadInsteadOfTheUsualOnes() throws IOException {
        write(file, "jobs = 2");
        write(home.resolve("etc/pgkeep.toml"), "jobs = 3");
        write(home.resolve("other.toml"), "jobs = 4");
        assertThat(load("backup").get(Options.JOBS)).isEqualTo(2);
        Files.delete(file);
        assertThat(load("backup").get(Options.JOBS)).isEqualTo(3);
        environment.put("PGKEEP_CONFIG", home.resolve("other.toml").toString());
        assertThat(load("backup").get(Options.JOBS)).isEqualTo(4);
        String machine = home.resolve("etc/pgkeep.toml").toString();
        assertThat(load("backup", "--config", machine).get(Options.JOBS)).isEqualTo(3);
    }

    @Test
    void aWrongValueNamesItsPlaceAndWhatIsAllowed() {
        environment.put("PGKEEP_PORT", "70000");
        PgkeepException e = refused("check");
        assertThat(e.code()).isEqualTo(ErrorCode.CONFIG);
        assertThat(e).hasMessage("environment variable PGKEEP_PORT must be an integer from 1 to 65535, not '70000'");

        environment.clear();
        assertThat(refused("check", "--port", "0").code()).isEqualTo(ErrorCode.USAGE);
        assertThat(refused("check", "--port", "0"))
                .hasMessageContaining("--port must be an integer from 1 to 65535, not '0'");
    }

    @Test
    void anotherCommandsVariableIsNotLookedAt() {
        environment.put("PGKEEP_PACK_SIZE", "nonsense");
        assertThat(load("info").cluster()).isEqualTo("main");
        assertThat(refused("backup")).hasMessageContaining("PGKEEP_PACK_SIZE");
    }

    @Test
    void anUnknownVariableIsAnErrorThatSuggestsTheNearest() {
        environment.put("PGKEEP_REPO_PAHT", "/repo");
        assertThat(refused("info"))
                .hasMessage("unknown environment variable PGKEEP_REPO_PAHT")
                .extracting(e -> e.hint().orElseThrow())
                .isEqualTo("Did you mean PGKEEP_REPO_PATH?");
        environment.remove("PGKEEP_REPO_PAHT");
        environment.put("PGKEEP_JAVA_OPTS", "-Xmx1g");
        assertThat(load("info").cluster()).isEqualTo("main");
    }

    @Test
    void aTargetIsNeverTakenFromTheEnvironment() {
        environment.put("PGKEEP_TARGET_TIME", "2026-11-21");
        assertThat(refused("restore")).hasMessageContaining("unknown environment variable PGKEEP_TARGET_TIME");
    }

    @Test
    void aSecretIsReadFromTheEnvironmentMaskedAndNeverTyped() {
        environment.put("PGKEEP_PASSWORD", "s3cret");
        Settings settings = load("backup");
        assertThat(settings.find(Options.PASSWORD)).contains("s3cret");
        assertThat(settings.all().toString()).doesNotContain("s3cret").contains(Setting.MASK);
        assertThat(refused("backup", "--password", "s3cret"))
                .hasMessageContaining("secret")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void aSecretInAFileThatEveryoneCanReadIsRefused() throws IOException {
        write(file, "[cluster.main]", "password = 's3cret'");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(refused("backup")).hasMessageContaining(file + ":2").hasMessageNotContaining("s3cret");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(load("backup").find(Options.PASSWORD)).contains("s3cret");
    }

    @Test
    void listsAreRepeatedOrSplitOrWrittenAsLists() throws IOException {
        assertThat(load("backup", "--exclude", "a,b", "--exclude", "c").get(Options.EXCLUDE))
                .containsExactly("a,b", "c");
        environment.put("PGKEEP_EXCLUDE", "a,b");
        assertThat(load("backup").get(Options.EXCLUDE)).containsExactly("a", "b");
        environment.remove("PGKEEP_EXCLUDE");
        write(file, "exclude = ['a,b', 'c']");
        assertThat(load("backup").get(Options.EXCLUDE)).containsExactly("a,b", "c");
        write(file, "exclude = 'a,b'");
        assertThat(load("backup").get(Options.EXCLUDE)).containsExactly("a,b");
    }
}
