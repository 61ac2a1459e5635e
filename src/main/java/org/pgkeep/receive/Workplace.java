package org.pgkeep.receive;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.ClusterName;

/**
 * A directory for the running segment, named after the process, so that the next one can remove what a killed one left.
 *
 * @param directory it
 */
record Workplace(Path directory) implements AutoCloseable {
    private static final String PREFIX = "pgkeep-receive-";

    /** In /tmp others would read all that is written in the database. */
    private static final Set<PosixFilePermission> OURS_ALONE = PosixFilePermissions.fromString("rwx------");

    static Workplace make(Path parent, ClusterName cluster) {
        String prefix = PREFIX + cluster.value() + "-";
        try {
            removeLeftBehind(parent, prefix);
            Path made = Files.createDirectory(
                    parent.resolve(prefix + ProcessHandle.current().pid()),
                    PosixFilePermissions.asFileAttribute(OURS_ALONE));
            return new Workplace(made);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "make a directory in " + parent, e);
        } catch (UncheckedIOException e) {
            throw new PgkeepException(ErrorCode.FILE_WRITE, "cannot list " + parent + ": " + e.getMessage())
                    .causedBy(e);
        }
    }

    private static void removeLeftBehind(Path parent, String prefix) throws IOException {
        try (Stream<Path> children = Files.list(parent)) {
            for (Path child :
                    children.filter(path -> isLeftBehind(path, prefix)).toList()) {
                remove(child);
            }
        }
    }

    private static boolean isLeftBehind(Path path, String prefix) {
        String name = path.getFileName().toString();
        if (!name.startsWith(prefix) || !isOurs(path)) {
            return false;
        }
        Optional<Long> process = number(name.substring(prefix.length()));
        long own = ProcessHandle.current().pid();
        return process.isPresent()
                && (process.get() == own || ProcessHandle.of(process.get()).isEmpty());
    }

    /** A directory, not a link by which somebody else has us remove files, and of this user. */
    private static boolean isOurs(Path path) {
        try {
            return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                    && Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                            .equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException e) {
            return false;
        }
    }

    private static Optional<Long> number(String digits) {
        return digits.matches("[0-9]{1,18}") ? Optional.of(Long.parseLong(digits)) : Optional.empty();
    }

    private static void remove(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> children = Files.list(directory)) {
            files = children.toList();
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
        Files.deleteIfExists(directory);
    }

    @Override
    public void close() {
        try {
            remove(directory);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "remove " + directory, e);
        }
    }
}
