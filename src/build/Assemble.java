import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes what {@code mvn package} delivers; Maven runs it on the JDK that compiled the program:
 *
 * <pre>
 * target/pgkeep-VERSION/                     bin, lib, share: runs on a Java 25 of the machine
 * target/pgkeep-VERSION-linux-ARCH.tar.gz    the same with a Java of its own
 * </pre>
 *
 * Arguments: {@code tree} or {@code archive}; the project's directory; the version; the program's class path.
 */
final class Assemble {
    private final Path project;
    private final Path target;
    private final String name;
    private final List<Path> jars;

    private Assemble(Path project, String version, String classPath) {
        this.project = project;
        this.target = project.resolve("target");
        this.name = "pgkeep-" + version;
        this.jars = jars(classPath);
    }

    public static void main(String[] arguments) throws IOException {
        var assemble = new Assemble(Path.of(arguments[1]), arguments[2], arguments[3]);
        switch (arguments[0]) {
            case "tree" -> assemble.tree();
            case "archive" -> assemble.archive();
            default -> throw new IllegalArgumentException("neither tree nor archive: " + arguments[0]);
        }
    }

    /** The program's own jar instead of the classes it was made from, then everybody else's. */
    private List<Path> jars(String classPath) {
        var all = new ArrayList<Path>();
        all.add(target.resolve(name + ".jar"));
        Arrays.stream(classPath.split(File.pathSeparator))
                .filter(entry -> entry.endsWith(".jar"))
                .map(Path::of)
                .forEach(all::add);
        return all;
    }

    private void tree() throws IOException {
        var javaHome = Path.of(System.getProperty("java.home"));
        var tree = new Tree(project, target.resolve("assembly").resolve(name), jars);
        tree.copyProgram(javaHome.toString());
        tree.trainCaches(javaHome);
        tree.writeCompletions(javaHome);
        removeOldTrees();
        Files.move(tree.root(), target.resolve(name));
    }

    private void removeOldTrees() throws IOException {
        try (var old = Files.newDirectoryStream(target, "pgkeep-*")) {
            for (var path : old) {
                if (Files.isDirectory(path)) {
                    Directories.delete(path);
                }
            }
        }
    }

    private void archive() throws IOException {
        var tree = new Tree(project, target.resolve("assembly").resolve(name), jars);
        tree.copyProgram("");
        var runtime = tree.root().resolve("runtime");
        JavaRuntime.link(runtime);
        tree.trainCaches(runtime);
        tree.writeCompletions(runtime);
        Processes.run(
                target,
                List.of(
                        "tar",
                        "--create",
                        "--gzip",
                        "--owner=0",
                        "--group=0",
                        "--numeric-owner",
                        "--sort=name",
                        "--file=" + name + "-linux-" + architecture() + ".tar.gz",
                        "--directory=assembly",
                        name));
        Directories.delete(target.resolve("assembly"));
    }

    /** As Linux and Java's release files name it. */
    static String architecture() {
        return switch (System.getProperty("os.arch")) {
            case "amd64" -> "x86_64";
            case String other -> other;
        };
    }
}
