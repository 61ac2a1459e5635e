package org.pgkeep.restore;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** A directory to restore into, with all that is in it, as it is on disk. */
final class Tree {
    /** What {@code mkfs} leaves in the root of a file system. */
    private static final String LOST_AND_FOUND = "lost+found";

    private Tree() {}

    static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether nothing that matters is there. */
    static boolean isEmpty(Path directory) {
        if (exists(directory) && !Files.isDirectory(directory)) {
            throw new PgkeepException(ErrorCode.PATH_NOT_EMPTY, directory + " is not a directory");
        }
        return children(directory).isEmpty();
    }

    /** What is in a directory; nothing when there is none. */
    static List<Path> children(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(directory)) {
            return children.filter(child -> !child.endsWith(LOST_AND_FOUND)).toList();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "list " + directory, e);
        }
    }

    /** The path without links, as far as it exists. */
    static Path real(Path path) {
        Path existing = path;
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        try {
            return existing.toRealPath().resolve(existing.relativize(path)).normalize();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "resolve " + existing, e);
        }
    }

    /** Makes a directory of our own, if there is none. */
    static void make(Path directory) {
        if (Files.isDirectory(directory)) {
            return;
        }
        try {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "create directory " + directory, e);
        }
    }

    /** Makes a directory's parent, open to all: what is in it is not. */
    static void makeParent(Path path) {
        Path parent = path.getParent();
        try {
            if (parent != null && !Files.isDirectory(parent)) {
                Path _ = Files.createDirectory(parent);
            }
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "create directory " + parent, e);
        }
    }

    /** Removes a file, a link, or a directory and all that is in it, without following links; says how many files and links. */
    static long remove(Path path) {
        return walk(path, true);
    }

    /** How many files and links {@link #remove} would remove. */
    static long count(Path path) {
        return walk(path, false);
    }

    private static long walk(Path path, boolean removes) {
        if (!exists(path)) {
            return 0;
        }
        Walk walk = new Walk(removes);
        try {
            Files.walkFileTree(path, walk);
            return walk.files;
        } catch (IOException e) {
            throw removes
                    ? PgkeepException.ofIo(ErrorCode.FILE_WRITE, "remove " + path, e)
                    : PgkeepException.ofIo(ErrorCode.FILE_READ, "walk " + path, e);
        }
    }

    private static final class Walk extends SimpleFileVisitor<Path> {
        private final boolean removes;
        private long files;

        Walk(boolean removes) {
            this.removes = removes;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            if (removes) {
                Files.delete(file);
            }
            files++;
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
            if (e != null) {
                throw e;
            }
            if (removes) {
                Files.delete(directory);
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
