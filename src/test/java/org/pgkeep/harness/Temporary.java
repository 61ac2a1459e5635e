package org.pgkeep.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.pgkeep.demo.DirectoryTree;

/** Directories that live as long as the test run, which any user may enter. */
final class Temporary {
    private static final Map<String, Path> ROOTS = new ConcurrentHashMap<>();

    private Temporary() {}

    /** The same directory for the same name. */
    static Path root(String name) {
        return ROOTS.computeIfAbsent(name, Temporary::create);
    }

    private static Path create(String name) {
        try {
            Path directory = Files.createTempDirectory("pgkeep-" + name);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> DirectoryTree.delete(directory)));
            return directory;
        } catch (IOException e) {
            throw new IllegalStateException("cannot create a temporary directory", e);
        }
    }
}
