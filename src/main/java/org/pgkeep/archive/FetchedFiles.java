package org.pgkeep.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The directory of a prefetcher's spool in which what it got lies ready for the launcher. Its name is that of the prefetcher's life, so that nobody
 * takes what another left. Closed, it is gone.
 */
final class FetchedFiles implements AutoCloseable {
    private static final String PREFIX = "queue-";

    private final Path directory;
    private final Map<String, Long> given = new HashMap<>();

    private FetchedFiles(Path directory) {
        this.directory = directory;
    }

    /** A new one; removes what was left by others. */
    static FetchedFiles begin(Spool spool) {
        Path directory = spool.directory()
                .resolve(PREFIX + spool.life().pid() + "-" + spool.life().start());
        try {
            for (Path other : children(spool.directory())) {
                if (String.valueOf(other.getFileName()).startsWith(PREFIX)) {
                    remove(other);
                }
            }
            Files.createDirectory(directory);
            return new FetchedFiles(directory);
        } catch (IOException e) {
            throw Spool.failure("write into " + spool.directory(), e);
        }
    }

    private static List<Path> children(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    private static void remove(Path directory) throws IOException {
        for (Path file : children(directory)) {
            boolean _ = Files.deleteIfExists(file);
        }
        Files.delete(directory);
    }

    /** Whether a file of this directory can be renamed into that one. Device numbers do not tell: of a bind mount they are the same. */
    boolean canBeRenamedInto(Path target) {
        Path probe = directory.resolve("probe");
        Path there = target.resolve("pgkeep-" + directory.getFileName());
        try {
            Files.writeString(probe, "");
            Files.move(probe, there, StandardCopyOption.ATOMIC_MOVE);
            Files.delete(there);
            return true;
        } catch (IOException e) {
            // Another file system, or no such directory: the launcher's copy says what is wrong, if something is.
            delete(probe);
            return false;
        }
    }

    /** Where a file of this name lies ready, or will. */
    Path path(String name) {
        return directory.resolve(name);
    }

    /** A launcher waits for the file of this name, which is there. */
    void given(String name) {
        given.put(name, System.nanoTime());
    }

    /** It is there no more. */
    void taken(String name) {
        given.remove(name);
    }

    /** Removes what no launcher took in all this time: none that waited for it is alive. */
    void deleteUntaken(Duration since) {
        long then = System.nanoTime() - since.toNanos();
        given.entrySet().removeIf(file -> {
            boolean old = file.getValue() - then < 0;
            if (old) {
                delete(file.getKey());
            }
            return old;
        });
    }

    /** Removes a file, if it is there. */
    void delete(String name) {
        delete(path(name));
    }

    private static void delete(Path file) {
        try {
            boolean _ = Files.deleteIfExists(file);
        } catch (IOException e) {
            throw Spool.failure("remove " + file, e);
        }
    }

    Path directory() {
        return directory;
    }

    /** Whether somebody removed the directory. */
    boolean isGone() {
        return !Files.isDirectory(directory);
    }

    @Override
    public void close() {
        try {
            if (!isGone()) {
                remove(directory);
            }
        } catch (IOException e) {
            throw Spool.failure("remove " + directory, e);
        }
    }
}
