import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * An installed pgkeep:
 *
 * <pre>
 * bin/pgkeep                 the launcher, src/dist/bin/pgkeep with its blanks filled in
 * lib/pgkeep.jar             the program and its libraries
 * lib/native/ARCH/           their native parts, unpacked
 * lib/pgkeep-HASH.aot        classes as Java maps them into memory, those of all commands; HASH is the jar's
 * lib/pgkeep-HASH-lean.jsa   only those of the commands that PostgreSQL waits for: Java links all that a cache holds, and what it learned
 *                            about them besides would cost such a command more than it saves
 * share/completion/          for bash and zsh
 * share/libraries            names and versions of the libraries
 * </pre>
 */
record Tree(Path project, Path root, List<Path> jars) {
    private static final Map<String, String> JAVA_ARCHITECTURES = Map.of("x86_64", "amd64", "aarch64", "aarch64");

    /**
     * Everything but what the program must run for.
     *
     * @param builtWith the Java home that the launcher tries besides the usual ones, or nothing
     */
    void copyProgram(String builtWith) throws IOException {
        Directories.delete(root);
        Files.createDirectories(lib());
        ProgramJar.write(jars, jar());
        for (var architecture : JAVA_ARCHITECTURES.keySet()) {
            unpackLibraries(architecture);
        }
        Files.copy(project.resolve("LICENSE"), root.resolve("LICENSE"));
        Files.copy(project.resolve("src/dist/README"), root.resolve("README"));
        var libraries = jars.stream().skip(1).map(ProgramJar::name).sorted().toList();
        Files.write(Files.createDirectories(root.resolve("share")).resolve("libraries"), libraries);
        writeLauncher(builtWith);
    }

    private Path lib() {
        return root.resolve("lib");
    }

    private Path jar() {
        return lib().resolve("pgkeep.jar");
    }

    private Path launcher() {
        return root.resolve("bin/pgkeep");
    }

    private String cache() throws IOException {
        return "pgkeep-" + hashOfJar();
    }

    private void unpackLibraries(String architecture) throws IOException {
        var java = JAVA_ARCHITECTURES.get(architecture);
        var directory = Files.createDirectories(lib().resolve("native").resolve(architecture));
        unpack("zstd-jni", "linux/" + java + "/libzstd-jni-*.so", directory);
        unpack("lz4-java", "net/jpountz/util/linux/" + java + "/liblz4-java.so", directory);
        unpack(
                "junixsocket-native-common",
                "lib/" + java + "-Linux-clang/jni/libjunixsocket-native-*[0-9].so",
                directory);
    }

    /** Unpacks the one file of a jar that matches; its absence is an error, for the launcher counts on it. */
    private void unpack(String artifact, String pattern, Path directory) throws IOException {
        var jar = jars.stream()
                .filter(path -> path.getFileName().toString().matches(artifact + "-[0-9].*\\.jar"))
                .findFirst()
                .orElseThrow(() -> new IOException("no jar of " + artifact));
        try (var inside = FileSystems.newFileSystem(jar)) {
            var parent = inside.getPath("/" + pattern.substring(0, pattern.lastIndexOf('/')));
            try (var found = Files.newDirectoryStream(parent, pattern.substring(pattern.lastIndexOf('/') + 1))) {
                var library = found.iterator().next();
                Files.copy(library, directory.resolve(unversioned(library)));
            }
        }
    }

    /** Names as the launcher knows them, which knows no versions. */
    private static String unversioned(Path library) {
        return library.getFileName().toString().replaceFirst("^(libjunixsocket-native|libzstd-jni)-.*", "$1.so");
    }

    /** The directory is named after it. */
    private String version() {
        return root.getFileName().toString().replaceFirst("^pgkeep-", "");
    }

    private void writeLauncher(String builtWith) throws IOException {
        var text = Files.readString(project.resolve("src/dist/bin/pgkeep"))
                .replace("@java.home@", builtWith)
                .replace("@architecture@", Assemble.architecture())
                .replace("@version@", version())
                .replace("@cache@", cache());
        Files.createDirectories(launcher().getParent());
        Files.writeString(launcher(), text);
        Files.setPosixFilePermissions(launcher(), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Rehearses commands, for Java to remember the classes they need. */
    void trainCaches(Path javaHome) throws IOException {
        // The launcher trusts the caches while they and the jar have one time; whole seconds survive every archive.
        var time = FileTime.from(Instant.now().truncatedTo(ChronoUnit.SECONDS));
        Files.setLastModifiedTime(jar(), time);
        var directory = root.resolveSibling("sample");
        Directories.delete(directory);
        try (var sample = SampleCluster.create(directory)) {
            var all = lib().resolve(cache() + ".aot");
            var allNotes = notes(all);
            trainCache(
                    javaHome,
                    sample,
                    sample.allCommands(),
                    List.of("-XX:AOTMode=record", "-XX:AOTConfiguration=" + allNotes),
                    List.of("-XX:AOTMode=create", "-XX:AOTConfiguration=" + allNotes, "-XX:AOTCache=" + all),
                    all,
                    time);
            var lean = lib().resolve(cache() + "-lean.jsa");
            var leanNotes = notes(lean);
            trainCache(
                    javaHome,
                    sample,
                    sample.leanCommands(),
                    List.of("-XX:DumpLoadedClassList=" + leanNotes),
                    List.of(
                            "-Xshare:dump",
                            "-XX:+AOTClassLinking",
                            "-XX:SharedClassListFile=" + leanNotes,
                            "-XX:SharedArchiveFile=" + lean),
                    lean,
                    time);
        }
    }

    private Path notes(Path cache) {
        return root.resolveSibling(cache.getFileName() + ".notes");
    }

    /** Two runs: one rehearses and takes notes, one makes the cache of those. Java's own way to do both loses the open jar. */
    private void trainCache(
            Path javaHome,
            SampleCluster sample,
            List<List<String>> commands,
            List<String> recording,
            List<String> making,
            Path cache,
            FileTime time)
            throws IOException {
        var rehearsal = new ArrayList<>(List.of("org.pgkeep.Rehearsal"));
        for (var line : commands) {
            rehearsal.addAll(line);
            rehearsal.add("--then");
        }
        var output = java(javaHome, sample, recording, rehearsal) + java(javaHome, sample, making, List.of());
        var log = Files.writeString(root.resolveSibling(cache.getFileName() + ".log"), output);
        assertDone(output, log);
        Files.delete(notes(cache));
        Files.setLastModifiedTime(cache, time);
    }

    /** A command that fails uses few of the classes that it would need: nothing would be wrong, but slow for years. */
    private static void assertDone(String output, Path log) throws IOException {
        var failed = output.lines()
                .filter(line -> line.matches("status [1-9].*") && !line.contains(SampleCluster.NOT_ARCHIVED))
                .toList();
        if (!failed.isEmpty()) {
            throw new IOException("commands that should be rehearsed fail, see " + log + ": " + failed);
        }
    }

    /**
     * With those settings of the launcher that decide what a cache can be used for, and what a command looks for itself; also with its way
     * to name the jar.
     */
    private String java(Path javaHome, SampleCluster sample, List<String> settings, List<String> words)
            throws IOException {
        var natives = lib().resolve("native").resolve(Assemble.architecture());
        var command = new ArrayList<>(List.of(
                "/bin/sh",
                "-c",
                "exec 9<\"$0\"; exec \"$@\"",
                jar().toString(),
                javaHome.resolve("bin/java").toString()));
        command.addAll(settings);
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dpgkeep.version=" + version(),
                "-DZstdNativePath=" + natives.resolve("libzstd-jni.so"),
                "-Djava.library.path=" + natives,
                "-Dorg.newsclub.net.unix.library.override=" + natives.resolve("libjunixsocket-native.so"),
                "-cp",
                "/proc/self/fd/9"));
        command.addAll(words);
        // In the "C" locale Java could not name files of a directory with another name than ASCII.
        return Processes.run(sample.directory(), Map.of("LC_ALL", "C.UTF-8"), command);
    }

    void writeCompletions(Path javaHome) throws IOException {
        var directory = Files.createDirectories(root.resolve("share/completion"));
        for (var shell : List.of("bash", "zsh")) {
            Files.writeString(directory.resolve(shell), runProgram(javaHome, Map.of(), "completion", shell));
        }
    }

    private String runProgram(Path javaHome, Map<String, String> environment, String... arguments) throws IOException {
        var all = new HashMap<>(environment);
        all.put("PGKEEP_JAVA", javaHome.toString());
        var command = new ArrayList<>(List.of(launcher().toString()));
        command.addAll(List.of(arguments));
        return Processes.run(lib(), all, command);
    }

    private String hashOfJar() throws IOException {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar()));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
