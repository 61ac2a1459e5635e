import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;

/**
 * The program and its libraries as one jar: Java looks at every jar of a class path, and reads its manifest, at every start. Of
 * classes that a library has for several versions of Java, the one for this Java is taken; licences are kept apart by library.
 */
final class ProgramJar {
    private static final Pattern LICENCE =
            Pattern.compile("(META-INF/)?[^/]*(LICEN[CS]E|NOTICE|COPYING)[^/]*", Pattern.CASE_INSENSITIVE);

    /** Files in no package, which nobody looks for by name: what a library says of itself. */
    private static final Pattern LOOSE = Pattern.compile("(META-INF/)?[^/]+(?<!\\.class)");

    private final Map<String, byte[]> entries = new TreeMap<>();

    private ProgramJar() {}

    /** Writes it; two libraries that have different files of one name are an error. */
    static void write(List<Path> jars, Path target) throws IOException {
        var all = new ProgramJar();
        for (var jar : jars) {
            all.add(jar);
        }
        all.writeTo(target);
    }

    /** Names of libraries as their jars have them, such as {@code lz4-java-1.13.0}. */
    static String name(Path jar) {
        return jar.getFileName().toString().replaceFirst("\\.jar$", "");
    }

    private void add(Path path) throws IOException {
        try (var jar = new JarFile(path.toFile(), false, ZipFile.OPEN_READ, JarFile.runtimeVersion());
                var classes =
                        new URLClassLoader(new java.net.URL[] {path.toUri().toURL()})) {
            // The stream's entries are those that this version of Java sees, under the names that it asks for.
            for (var entry : jar.versionedStream().toList()) {
                if (!entry.isDirectory() && isWanted(entry.getName())) {
                    add(path, entry.getName(), content(jar, entry, classes));
                }
            }
        }
    }

    /** Not manifests, signatures, and what only module systems read. */
    private static boolean isWanted(String name) {
        return !name.equals(JarFile.MANIFEST_NAME)
                && !name.startsWith("META-INF/versions/")
                && !name.startsWith("OSGI-INF/")
                && !name.matches("META-INF/[^/]*\\.(SF|RSA|DSA|EC|LIST)")
                && !name.equals("module-info.class");
    }

    private static byte[] content(JarFile jar, JarEntry entry, ClassLoader classes) throws IOException {
        try (var stream = jar.getInputStream(entry)) {
            var bytes = stream.readAllBytes();
            return entry.getName().endsWith(".class") ? OldClasses.raised(bytes, classes) : bytes;
        }
    }

    private void add(Path jar, String name, byte[] content) throws IOException {
        var before = entries.get(name);
        var differs = before != null && !Arrays.equals(before, content);
        if (LICENCE.matcher(name).matches() || (differs && LOOSE.matcher(name).matches())) {
            entries.put("META-INF/licenses/" + name(jar) + "/" + name.replace("META-INF/", ""), content);
            return;
        }
        entries.putIfAbsent(name, content);
        if (differs && name.startsWith("META-INF/services/")) {
            entries.put(name, lines(before, content));
        } else if (differs) {
            throw new IOException(jar + " has another " + name + " than a jar before it");
        }
    }

    private static byte[] lines(byte[] before, byte[] content) {
        var all = new ArrayList<>(
                new String(before, StandardCharsets.UTF_8).lines().toList());
        all.addAll(new String(content, StandardCharsets.UTF_8).lines().toList());
        return String.join("\n", all).concat("\n").getBytes(StandardCharsets.UTF_8);
    }

    private void writeTo(Path target) throws IOException {
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "org.pgkeep.Main");
        manifest.getMainAttributes().put(new Attributes.Name("Enable-Native-Access"), "ALL-UNNAMED");
        try (var out = new JarOutputStream(Files.newOutputStream(target), manifest)) {
            for (var entry : entries.entrySet()) {
                out.putNextEntry(new JarEntry(entry.getKey()));
                out.write(entry.getValue());
            }
        }
    }
}
