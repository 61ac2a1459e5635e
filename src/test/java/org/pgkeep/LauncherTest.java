package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.config.CommandName;

/** Runs src/dist/bin/pgkeep with a "Java" that only prints how it was called, in directories with awkward names. */
class LauncherTest {
    private static final String FAKE_JAVA = """
            #!/bin/sh
            echo "java: $0"
            for argument; do echo "argument: $argument"; done
            echo "locale: $LC_CTYPE, messages $LC_MESSAGES, all ${LC_ALL-unset}"
            while [ $# -gt 1 ] && [ "$1" != -cp ]; do shift; done
            echo "class path: $(readlink -f -- "$2")"
            exit "${FAKE_STATUS:-0}"
            """;

    @TempDir
    private Path directory;

    private Path root;
    private Path jar;
    private Path cache;
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void installWithJavaOfItsOwn() throws IOException {
        root = directory.resolve("a $HOME with \"all\" it 'takes' *");
        jar = root.resolve("lib/pgkeep.jar");
        cache = root.resolve("lib/pgkeep-cafe.aot");
        Files.createDirectories(root.resolve("lib"));
        install(launcher(root), directory.resolve("no-such-java"));
        fakeJava(root.resolve("runtime"));
        var built = FileTime.fromMillis(1_000_000_000_000L);
        Files.setLastModifiedTime(Files.createFile(jar), built);
        Files.setLastModifiedTime(Files.createFile(cache), built);
        Files.setLastModifiedTime(Files.createFile(root.resolve("lib/pgkeep-cafe-lean.jsa")), built);
        environment.put("PATH", "/usr/bin:/bin");
    }

    @Test
    void argumentsReachTheProgramAsTheyAre() throws Exception {
        var arguments = List.of("archive-get", "", "a  b", "*", "$HOME", "\"'`\\", "two\nlines", "-Xmx1g", "ü");

        var run = run(launcher(root), arguments);

        assertThat(run.output).contains("argument: org.pgkeep.Main\n" + printed(arguments) + "locale:");
    }

    @Test
    void theProgramLearnsWhereItIsAndRunsFromThere() throws Exception {
        var run = run(launcher(root), List.of("version"));

        assertThat(run.output)
                .startsWith("java: " + root.resolve("runtime/bin/java") + "\n")
                .contains("argument: -Dpgkeep.home=" + root + "\n")
                .contains("class path: " + jar + "\n");
    }

    @Test
    void aChainOfLinksLeadsToIt() throws Exception {
        var link = Files.createSymbolicLink(directory.resolve("link"), launcher(root));
        var elsewhere = Files.createDirectory(directory.resolve("else where"));
        var relative = Files.createSymbolicLink(elsewhere.resolve("relative"), Path.of("../link"));

        assertThat(run(link, List.of()).output).contains("-Dpgkeep.home=" + root + "\n");
        assertThat(run(relative, List.of()).output).contains("-Dpgkeep.home=" + root + "\n");
    }

    @Test
    void itIsFoundFromWithinItsOwnDirectory() throws Exception {
        var inBin = runIn(root.resolve("bin"), List.of("sh", "pgkeep"));
        var inRoot = runIn(root, List.of("bin/pgkeep"));

        assertThat(inBin.output).contains("-Dpgkeep.home=" + root + "\n");
        assertThat(inRoot.output).contains("-Dpgkeep.home=" + root + "\n");
    }

    @Test
    void theExitStatusIsTheProgramsOwn() throws Exception {
        environment.put("FAKE_STATUS", "33");

        assertThat(run(launcher(root), List.of("verify")).status).isEqualTo(33);
    }

    /** PostgreSQL takes 1 to 125 for "not in the archive"; Java says 1 when it finds no memory for its heap. */
    @ParameterizedTest
    @CsvSource({"0, 0", "100, 1", "1, 126", "33, 33", "193, 193", "137, 137"})
    void aJavaThatCannotStartIsNotTheEndOfTheArchive(String ofJava, int ofLauncher) throws Exception {
        environment.put("FAKE_STATUS", ofJava);

        var run = run(launcher(root), List.of("--cluster", "main", "archive-get", "000000010000000000000001", "x"));

        assertThat(run.status).isEqualTo(ofLauncher);
        assertThat(run.output).contains("argument: -Dpgkeep.status.not.found=100\n");
    }

    /** In a note there may be any word. */
    @ParameterizedTest
    @EnumSource
    void whatBelongsToAnotherCommandIsNoCommand(CommandName command) throws Exception {
        var usual = run(launcher(root), List.of(command.text())).output;
        var run = run(launcher(root), List.of(command.text(), "--note", "archive-get"));
        assertThat(run.output.lines().filter(line -> line.contains("-Xmx")))
                .containsExactlyElementsOf(
                        usual.lines().filter(line -> line.contains("-Xmx")).toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-c /etc/pgkeep.toml archive-get 000000010000000000000001 x",
                "--repo-path /backup -D /data archive-get 000000010000000000000001 x",
                "-o json archive-get 000000010000000000000001 x",
                "-j 4 archive-get 000000010000000000000001 x"
            })
    void whateverOptionsComeBeforeIt(String line) throws Exception {
        environment.put("FAKE_STATUS", "1");
        assertThat(run(launcher(root), words(line)).status).isEqualTo(126);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "version",
                "archive-push pg_wal/000000010000000000000001",
                "archive-get 00000002.history pg_wal/RECOVERYHISTORY",
                "--cluster main archive-push x",
                "--config backup.toml --repo restore info",
                "--cluster=main --output=json config",
                "--help",
                ""
            })
    void shortCommandsStartFastAndStaySmall(String line) throws Exception {
        var run = run(launcher(root), words(line));

        assertThat(run.output).contains("argument: -XX:TieredStopAtLevel=1\n").contains("argument: -Xmx64m\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"backup", "restore --cluster version", "--config info backup", "never-heard-of", "--new 1 info"})
    void longAndUnknownCommandsGetTheFullCompiler(String line) throws Exception {
        var run = run(launcher(root), words(line));

        assertThat(run.output)
                .doesNotContain("TieredStopAtLevel")
                .contains(
                        "argument: -Xmx256m\n",
                        "argument: -XX:CompileCommand=CompileThresholdScaling,com.sun.crypto.provider.*::*,0.1\n");
    }

    @Test
    void moreSettingsComeAfterOurOwnAndAreNotExpanded() throws Exception {
        environment.put("PGKEEP_JAVA_OPTS", "-Xmx2g  -Dx=*");

        var run = run(launcher(root), List.of("backup"));

        assertThat(run.output)
                .containsSubsequence("argument: -Xmx256m\n", "argument: -Xmx2g\nargument: -Dx=*\nargument: -cp\n");
    }

    @Test
    void fileNamesAreUtf8AndErrorsEnglishWhateverTheServersLocale() throws Exception {
        assertThat(run(launcher(root), List.of("info")).output).contains("locale: C.UTF-8, messages C, all unset\n");
        environment.put("LANG", "de_DE.iso88591");
        assertThat(run(launcher(root), List.of("info")).output).contains("locale: C.UTF-8, messages C, all unset\n");
        environment.put("LANG", "de_DE.utf8");
        assertThat(run(launcher(root), List.of("info")).output)
                .as("the machine may lack it")
                .contains("locale: C.UTF-8, messages C, all unset\n");
        environment.put("LC_ALL", "C");
        assertThat(run(launcher(root), List.of("info")).output).contains("locale: C.UTF-8, messages C, all unset\n");
    }

    @Test
    void theCacheOfThisJarIsUsed() throws Exception {
        assertThat(run(launcher(root), List.of("info")).output).contains("argument: -XX:AOTCache=" + cache + "\n");
    }

    /** Java would look for the jar where the cache was made, once for each class. */
    @Test
    void withACacheTheJarHasTheNameItHadWhenThatWasMade() throws Exception {
        assertThat(run(launcher(root), List.of("info")).output)
                .contains("argument: -cp\nargument: /proc/self/fd/9\n", "class path: " + jar + "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"version", "archive-get", "archive-push"})
    void commandsThatPostgresqlWaitsForHaveASmallCacheOfTheirOwn(String command) throws Exception {
        assertThat(run(launcher(root), List.of(command)).output)
                .contains("argument: -XX:SharedArchiveFile=" + root.resolve("lib/pgkeep-cafe-lean.jsa") + "\n");
    }

    /** Java 25.0.3 would run the classes of the old jar. */
    @ParameterizedTest
    @ValueSource(longs = {-86_400_000, 1000, 86_400_000})
    void theCacheOfAnotherJarIsNot(long laterMillis) throws Exception {
        var time = Files.getLastModifiedTime(jar).toMillis() + laterMillis;
        Files.setLastModifiedTime(jar, FileTime.fromMillis(time));

        assertThat(run(launcher(root), List.of("info")).output).doesNotContain("AOTCache");
    }

    @Test
    void aCacheThatIsNotThereIsNotAskedFor() throws Exception {
        Files.delete(cache);

        assertThat(run(launcher(root), List.of("info")).output)
                .doesNotContain("AOTCache")
                .contains("argument: -cp\nargument: " + jar + "\n");
    }

    @Test
    void theCacheOfAnotherJavaIsNotUsed() throws Exception {
        environment.put("PGKEEP_JAVA", fakeJava(directory.resolve("other java")).toString());

        assertThat(run(launcher(root), List.of("info")).output).doesNotContain("AOTCache");
    }

    @Test
    void theJavaNamedByTheUserComesFirst() throws Exception {
        var home = fakeJava(directory.resolve("other java"));
        environment.put("PGKEEP_JAVA", home.toString());
        assertThat(run(launcher(root), List.of()).output).startsWith("java: " + home.resolve("bin/java"));
        environment.put("PGKEEP_JAVA", home.resolve("bin/java").toString());
        assertThat(run(launcher(root), List.of()).output).startsWith("java: " + home.resolve("bin/java"));
    }

    @Test
    void aJavaNamedByTheUserThatIsNotThereIsAnError() throws Exception {
        environment.put("PGKEEP_JAVA", "/no/such");

        var run = run(launcher(root), List.of("archive-get"));

        assertThat(run.output).isEqualTo("pgkeep: PGKEEP_JAVA is /no/such, where there is no Java\n");
        assertThat(run.status).isEqualTo(127);
    }

    @Test
    void withoutOneOfItsOwnTheFirstJava25Wins() throws Exception {
        var builtWith = directory.resolve("built with");
        install(launcher(root), builtWith);
        removeRuntime();
        release(fakeJava(builtWith), "25.0.3");
        assertThat(run(launcher(root), List.of("info")).output)
                .startsWith("java: " + builtWith.resolve("bin/java"))
                .contains("AOTCache");

        var java17 = release(fakeJava(directory.resolve("17")), "17.0.15");
        environment.put("JAVA_HOME", java17.toString());
        assertThat(run(launcher(root), List.of()).output).startsWith("java: " + builtWith);

        var java25 = release(fakeJava(directory.resolve("25")), "25");
        environment.put("JAVA_HOME", java25.toString());
        assertThat(run(launcher(root), List.of()).output).startsWith("java: " + java25);
    }

    @Test
    void theJavaOnThePathIsLookedAtLast() throws Exception {
        removeRuntime();
        var path = Files.createDirectory(directory.resolve("path"));
        writeProgram(path.resolve("readlink"), "#!/bin/sh\nexec /usr/bin/readlink \"$@\"\n");
        environment.put("PATH", path.toString());
        var withoutOthers = launcher(root);
        Files.writeString(withoutOthers, Files.readString(withoutOthers).replace("/usr/lib/jvm", "/no/such"));
        assertThat(run(withoutOthers, List.of("archive-get")).status).isEqualTo(127);
        assertThat(run(withoutOthers, List.of("archive-get")).output)
                .startsWith("pgkeep: no Java 25 on this machine: ")
                .hasLineCount(1);

        var java25 = release(fakeJava(directory.resolve("25")), "25.1");
        Files.createSymbolicLink(path.resolve("java"), java25.resolve("bin/java"));
        assertThat(run(withoutOthers, List.of()).output).startsWith("java: " + java25);
    }

    private record Run(int status, String output) {}

    private Run run(Path program, List<String> arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(program.toString()));
        command.addAll(arguments);
        return runIn(directory, command);
    }

    private Run runIn(Path workingDirectory, List<String> command) throws IOException, InterruptedException {
        var builder =
                new ProcessBuilder(command).directory(workingDirectory.toFile()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        var process = builder.start();
        process.getOutputStream().close();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), output);
    }

    private static Path launcher(Path root) {
        return root.resolve("bin/pgkeep");
    }

    private static void install(Path launcher, Path builtWith) throws IOException {
        var text = Files.readString(Path.of("src/dist/bin/pgkeep"))
                .replace("@java.home@", builtWith.toString())
                .replace("@architecture@", "x86_64")
                .replace("@version@", "1.2.3")
                .replace("@cache@", "pgkeep-cafe");
        writeProgram(launcher, text);
    }

    private static Path fakeJava(Path home) throws IOException {
        writeProgram(home.resolve("bin/java"), FAKE_JAVA);
        return home;
    }

    private static Path release(Path home, String version) throws IOException {
        Files.writeString(
                home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\nMODULES=\"y\"\n");
        return home;
    }

    private void removeRuntime() throws IOException {
        Files.delete(root.resolve("runtime/bin/java"));
    }

    private static void writeProgram(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static List<String> words(String line) {
        return line.isEmpty() ? List.of() : List.of(line.split(" ", -1));
    }

    private static String printed(List<String> arguments) {
        var text = new StringBuilder();
        arguments.forEach(argument -> text.append("argument: ").append(argument).append('\n'));
        return text.toString();
    }
}
