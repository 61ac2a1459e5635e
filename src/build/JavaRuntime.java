import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Java reduced to what pgkeep needs, so that a database host needs none. */
final class JavaRuntime {
    /** What the jars use, as {@code jdeps --print-module-deps} says, and what is only found at run time. */
    private static final List<String> MODULES = List.of(
            "java.base",
            "java.logging", // JDBC driver
            "java.management", // junixsocket, memory figures
            "java.naming", // JDBC driver: LDAP service names
            "java.net.http",
            "java.security.jgss", // JDBC driver: GSSAPI
            "java.sql",
            "java.xml",
            "jdk.charsets",
            "jdk.crypto.cryptoki",
            "jdk.httpserver",
            "jdk.jfr", // a look inside a running backup
            "jdk.net",
            "jdk.security.auth",
            "jdk.unsupported", // protobuf, LZ4: sun.misc.Unsafe
            "jdk.zipfs");

    private JavaRuntime() {}

    static void link(Path directory) throws IOException {
        var jlink = Path.of(System.getProperty("java.home"), "bin", "jlink");
        var options = List.of(
                "--add-modules=" + String.join(",", MODULES),
                "--strip-java-debug-attributes",
                "--no-header-files",
                "--no-man-pages",
                "--compress=zip-0", // the archive compresses better what is not compressed yet
                "--generate-cds-archive",
                "--output=" + directory);
        var command = new ArrayList<>(List.of(jlink.toString()));
        command.addAll(options);
        Processes.run(directory.getParent(), command);
        // For heaps over 32 GiB.
        Files.delete(directory.resolve("lib/server/classes_nocoops.jsa"));
    }
}
