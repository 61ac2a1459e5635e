package org.pgkeep.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

class ConfigFilesTest {
    @TempDir
    Path folder;

    private Path write(String name, String text) throws IOException {
        Path path = folder.resolve(name);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, text);
    }

    private PgkeepException refused(Path file) {
        try {
            ConfigFiles.of(file);
        } catch (PgkeepException e) {
            return e;
        }
        throw new AssertionError("accepted");
    }

    private PgkeepException refused(String text) throws IOException {
        PgkeepException e = refused(write("pgkeep.toml", text));
        assertThat(e.code()).isEqualTo(ErrorCode.CONFIG);
        return e;
    }

    private String hint(String text) throws IOException {
        return refused(text).hint().orElseThrow();
    }

    private String at(int line) {
        return folder.resolve("pgkeep.toml") + ":" + line + ": ";
    }

    @Test
    void thePiecesBesideAFileFollowInTheOrderOfTheirNames() throws IOException {
        Path file = write("pgkeep.toml", "[repository.a]\npath='/a'\n");
        write("pgkeep.d/20.toml", "[cluster.z]\npgdata='/z'\n");
        write("pgkeep.d/10.toml", "[repository.b]\npath='/b'\n[cluster.y]\n");
        write("pgkeep.d/notes.txt", "not TOML");
        ConfigFiles files = ConfigFiles.of(file);
        assertThat(files.repositories()).containsExactly("a", "b");
        assertThat(files.clusters()).containsExactly("y", "z");
        assertThat(files.files()).hasSize(3);
    }

    @Test
    void thePiecesAloneAreEnough() throws IOException {
        write("pgkeep.d/10.toml", "[cluster.y]\n");
        assertThat(ConfigFiles.firstOf(List.of(folder.resolve("pgkeep.toml"))).clusters())
                .containsExactly("y");
        assertThat(ConfigFiles.firstOf(List.of(folder.resolve("none.toml")))).isEqualTo(ConfigFiles.none());
    }

    @Test
    void aKeyInTwoFilesIsRefusedNamingBoth() throws IOException {
        Path file = write("pgkeep.toml", "# mine\n[cluster.main]\njobs = 1\n");
        Path piece = write("pgkeep.d/a.toml", "[cluster.main]\njobs = 2\n");
        assertThat(refused(file))
                .hasMessage(piece + ":2: 'jobs' in [cluster.main] is set twice, first at " + file + ":3");
    }

    @Test
    void aKeyTwiceInOneFileIsRefused() throws IOException {
        assertThat(refused("[cluster.main]\njobs = 1\njobs = 2\n"))
                .hasMessageStartingWith(at(3))
                .hasMessageContaining("jobs");
    }

    @Test
    void anUnknownKeySuggestsTheNearest() throws IOException {
        assertThat(refused("[cluster.main]\n\npgdat = '/x'\n"))
                .hasMessage(at(3) + "unknown option 'pgdat' in [cluster.main]");
        assertThat(hint("[cluster.main]\npgdat = '/x'\n")).isEqualTo("Did you mean 'pgdata'?");
        assertThat(hint("log_level = 'info'\n")).isEqualTo("Did you mean 'log-level'?");
        assertThat(hint("[repository.r]\npaht = '/x'\n")).isEqualTo("Did you mean 'path'?");
        assertThat(hint("[clutser.main]\npgdata = '/x'\n")).isEqualTo("Did you mean 'cluster'?");
        assertThat(hint("[command.bakcup]\njobs = 1\n")).isEqualTo("Did you mean 'backup'?");
    }

    @Test
    void aDottedNameIsCheckedAsAnyOther() throws IOException {
        assertThat(refused("[cluster.main]\nretention.fulls = 2\n"))
                .hasMessage(at(2) + "unknown option 'retention.fulls' in [cluster.main]");
        assertThat(hint("[cluster.main]\nretention.fulls = 2\n")).isEqualTo("Did you mean 'retention.full'?");
    }

    @Test
    void aKeyInTheWrongSectionIsToldWhereItBelongs() throws IOException {
        assertThat(refused("pgdata = '/x'\n[repository.r]\npgdata = '/x'\n"))
                .hasMessage(at(3) + "'pgdata' may not stand in [repository.r]");
        assertThat(hint("[repository.r]\npgdata = '/x'\n"))
                .isEqualTo("It belongs in a [cluster.NAME] section or the top level.");
        assertThat(hint("path = '/x'\n")).isEqualTo("It belongs in a [repository.NAME] section.");
        assertThat(hint("[cluster.main]\ntarget-time = 'x'\n")).isEqualTo("Give it on the command line.");
        assertThat(hint("[command.restore]\nstart-fast = true\n")).contains("[cluster.NAME]");
    }

    @Test
    void aValueOfTheWrongTypeSaysWhatWasFoundAndWhatIsAllowed() throws IOException {
        assertThat(refused("[cluster.main]\nport = 'x'\n"))
                .hasMessage(at(2) + "'port' must be an integer from 1 to 65535, not the string 'x'");
        assertThat(hint("[cluster.main]\nport = '5432'\n")).isEqualTo("Write it without quotes.");
        assertThat(refused("start-fast = 'yes'\n"))
                .hasMessage(at(1) + "'start-fast' must be true or false, not the string 'yes'");
        assertThat(refused("start-fast = 1\n")).hasMessageEndingWith("not the number 1");
        assertThat(refused("user = true\n")).hasMessageEndingWith("not the boolean true");
        assertThat(refused("user = ['a']\n")).hasMessageEndingWith("not the list [a]");
        assertThat(refused("jobs = 1.5\n")).hasMessageEndingWith("not the value 1.5");
        assertThat(refused("exclude = [1, 2]\n")).hasMessageEndingWith("not the value [1, 2]");
        assertThat(refused("user = 2026-11-21\n")).hasMessageEndingWith("not the value 2026-11-21");
        assertThat(refused("user = { a = 1 }\n")).hasMessageEndingWith("not the value a table");
    }

    @Test
    void aWrongSecretIsNotPrinted() throws IOException {
        assertThat(refused("[cluster.main]\npassword = 12345\n")).hasMessageNotContaining("12345");
    }

    @Test
    void sectionsNeedNames() throws IOException {
        assertThat(hint("[cluster]\npgdata = '/x'\n")).isEqualTo("Name the cluster: [cluster.NAME].");
        assertThat(hint("repository = '/x'\n")).isEqualTo("Write it as [repository.NAME].");
        assertThat(refused("[[repository]]\npath = '/x'\n")).hasMessage(at(1) + "'repository' must be a section");
        assertThat(refused("[cluster.'a/b']\n")).hasMessageContaining("cluster name 'a/b' must be");
    }

    @Test
    void whatIsNotTomlNamesTheLine() throws IOException {
        assertThat(refused("[cluster.main]\npgdata = /x\n")).hasMessageStartingWith(at(2));
        assertThat(refused("[cluster.main\n")).hasMessageStartingWith(at(1));
    }

    @Test
    void aDirectoryABinaryFileAndAMissingFileAreSaid() throws IOException {
        Path directory = Files.createDirectory(folder.resolve("dir.toml"));
        assertThat(refused(directory)).hasMessage("configuration file " + directory + " is a directory");
        Path latin = folder.resolve("latin.toml");
        Files.write(latin, "user = 'Jürgen'".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(refused(latin)).hasMessage("configuration file " + latin + " is not UTF-8 text");
        PgkeepException missing = refused(folder.resolve("none.toml"));
        assertThat(missing.code()).isEqualTo(ErrorCode.PATH_MISSING);
        assertThat(missing).hasMessageContaining("none.toml");
    }
}
