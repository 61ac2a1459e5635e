package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.harness.Servers;

/** The program as it is installed: {@code target/pgkeep-VERSION} and the archive with its own Java. */
class InstallationIT {
    private static final Path TREE = Path.of(System.getProperty("pgkeep.home"));
    private static final String CACHE_IS_USED = "Using AOT-linked classes: true";

    @TempDir
    private Path directory;

    private final Map<String, String> environment = new HashMap<>(Map.of("PATH", "/usr/bin:/bin"));

    @Test
    void theTreeRunsWithItsClassCacheAndSaysNothingElse() throws Exception {
        assertThat(run(TREE, "version")).isEqualTo(new Run(0, versionLine()));
        assertThat(runLoggingTheCache(TREE, "version").output).contains(CACHE_IS_USED);
        assertThat(runLoggingTheCache(TREE, "help").output).contains(CACHE_IS_USED);
        assertThat(run(TREE, "backup", "--help").output).startsWith("NAME\n");
        assertThat(run(TREE, "restore", "--help").output).startsWith("NAME\n");
    }

    /** A script that moves the result into place must hear of it; whoever has seen enough of it is no error. */
    @Test
    void aResultThatCannotBeWrittenIsAnError() throws Exception {
        var pgkeep = TREE.resolve("bin/pgkeep").toAbsolutePath();

        for (var command : List.of("version", "help", "config")) {
            var full = runProgram("sh", "-c", pgkeep + " " + command + " >/dev/full");
            assertThat(full.status).as(full.output).isEqualTo(ErrorCode.FILE_WRITE.exitStatus());
            assertThat(full.output).contains("the result could not be written");
            var enough = runProgram("bash", "-c", pgkeep + " " + command + " | true; echo ${PIPESTATUS[0]}");
            assertThat(enough).isEqualTo(new Run(0, "0\n"));
        }
    }

    @Test
    void theArchiveRunsElsewhereOnAHostWithoutJava() throws Exception {
        var tree = unpackedArchive();

        assertThat(run(tree, "version")).isEqualTo(new Run(0, versionLine()));
        assertThat(runLoggingTheCache(tree, "version").output).contains(CACHE_IS_USED);
        assertThat(runProgram(
                                "grep",
                                "-E",
                                "^built_with=''$",
                                tree.resolve("bin/pgkeep").toString())
                        .status)
                .as("no path of the machine that built it")
                .isZero();
    }

    /** All commands with their libraries: a module that the archive's Java lacks would be missed in one of them. */
    @Test
    void theArchiveBacksUpAndRestoresWhereTheOnlyJavaOnThePathIsBroken() throws Exception {
        var tree = unpackedArchive();
        var java = Files.createDirectory(directory.resolve("broken")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nexit 99\n");
        // The server's user must get through, too.
        for (var path : List.of(directory, java.getParent(), java)) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        environment.put("PATH", java.getParent() + ":/usr/bin:/bin");
        environment.put("TMPDIR", directory.toString());
        environment.put(
                "PGKEEP_POSTGRES_BIN",
                Servers.ofMajor(Servers.newest()).directory().toString());

        var demo = run(tree, "demo");

        assertThat(demo.status).as(demo.output).isZero();
        assertThat(demo.output)
                .contains("archive_command = " + tree + "/bin/pgkeep")
                .contains("Nothing was lost.");
    }

    @Test
    void aDamagedClassCacheCostsTimeAndNothingElse() throws Exception {
        var tree = copyOfTree();
        var cache = only(tree.resolve("lib"), "*-lean.jsa");
        var time = Files.getLastModifiedTime(cache);
        var bytes = Files.readAllBytes(cache);
        for (int length : List.of(0, 100, bytes.length / 2)) {
            Files.write(cache, Arrays.copyOf(bytes, length));
            Files.setLastModifiedTime(cache, time);

            assertThat(run(tree, "version")).isEqualTo(new Run(0, versionLine()));
        }
    }

    @Test
    void nativeLibrariesAreFoundUnpacked() throws Exception {
        for (var architecture : List.of("x86_64", "aarch64")) {
            var libraries = TREE.resolve("lib/native").resolve(architecture);
            assertThat(libraries).isDirectoryContaining("glob:**/libzstd-jni.so");
            assertThat(libraries).isDirectoryContaining("glob:**/liblz4-java.so");
            assertThat(libraries).isDirectoryContaining("glob:**/libjunixsocket-native.so");
        }
    }

    @Test
    void completionsAreScriptsOfTheirShells() throws Exception {
        var completion = TREE.resolve("share/completion/bash");

        assertThat(runProgram("bash", "-n", completion.toString())).isEqualTo(new Run(0, ""));
        assertThat(completion).content().contains("archive-push");
        assertThat(TREE.resolve("share/completion/zsh")).content().contains("archive-push");
    }

    @Test
    void everyLibraryIsOnThePageOfDependencies() throws Exception {
        var page = Files.readString(Path.of("docs/dependencies.md"));
        var libraries = Files.readAllLines(TREE.resolve("share/libraries"));
        assertThat(libraries).hasSizeGreaterThan(10);
        for (var name : libraries) {
            assertThat(page).contains(name.replaceFirst("^(.+?)-([0-9].*)$", "| `$1` | $2 |"));
        }
    }

    private record Run(int status, String output) {}

    private static String versionLine() {
        return TREE.getFileName().toString().replace('-', ' ') + "\n";
    }

    private Run run(Path tree, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(tree.resolve("bin/pgkeep").toString()));
        command.addAll(List.of(arguments));
        return runProgram(command.toArray(String[]::new));
    }

    private Run runLoggingTheCache(Path tree, String command) throws IOException, InterruptedException {
        environment.put("PGKEEP_JAVA_OPTS", "-Xlog:aot=info:stderr");
        try {
            return run(tree, command);
        } finally {
            environment.remove("PGKEEP_JAVA_OPTS");
        }
    }

    private Run runProgram(String... command) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        var process = builder.start();
        process.getOutputStream().close();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), output);
    }

    private Path unpackedArchive() throws IOException, InterruptedException {
        var archive = only(TREE.resolve(".."), TREE.getFileName() + "-linux-*.tar.gz");
        assertThat(runProgram("tar", "-xzf", archive.toString(), "-C", directory.toString()))
                .isEqualTo(new Run(0, ""));
        return directory.resolve(TREE.getFileName());
    }

    private Path copyOfTree() throws IOException, InterruptedException {
        assertThat(runProgram("cp", "-a", TREE.toAbsolutePath().toString(), directory.toString()))
                .isEqualTo(new Run(0, ""));
        return directory.resolve(TREE.getFileName());
    }

    private static Path only(Path directory, String glob) throws IOException {
        try (var found = Files.newDirectoryStream(directory, glob)) {
            return found.iterator().next();
        }
    }
}
