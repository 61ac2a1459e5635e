package org.pgkeep.demo;

import java.io.IOException;
import java.nio.file.CopyOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** A directory with all that is in it. Symbolic links are not followed; what vanishes meanwhile is passed over. */
public final class DirectoryTree {
    private static final CopyOption[] COPY = {StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS};

    private DirectoryTree() {}

    /** What is done to a file or directory. */
    interface Action {
        void on(Path path) throws IOException;
    }

    /** Does something to each directory, before what is in it, and to each file. */
    static void each(String what, Path directory, Action action) {
        walk(what, directory, action, path -> {});
    }

    /** Deletes it; nothing happens when it does not exist. */
    public static void delete(Path directory) {
        walk(
                "delete",
                directory,
                path -> {
                    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                        Files.deleteIfExists(path);
                    }
                },
                Files::deleteIfExists);
    }

    /** The bytes of its files. */
    public static long bytes(Path directory) {
        LongAdder sum = new LongAdder();
        each("measure", directory, path -> {
            if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                sum.add(Files.size(path));
            }
        });
        return sum.sum();
    }

    /** Copies it; the copy must not exist. Modes are kept, owners are not. */
    public static void copy(Path source, Path target) {
        each(
                "copy to " + target + ":",
                source,
                path -> Files.copy(path, target.resolve(source.relativize(path)), COPY));
    }

    private static void walk(String what, Path directory, Action before, Action after) {
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) throws IOException {
                    before.on(path);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) throws IOException {
                    return unlessMissing(() -> before.on(path));
                }

                @Override
                public FileVisitResult visitFileFailed(Path path, IOException e) throws IOException {
                    return unlessMissing(() -> {
                        throw e;
                    });
                }

                @Override
                public FileVisitResult postVisitDirectory(Path path, @Nullable IOException e) throws IOException {
                    after.on(path);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, what + " " + directory, e);
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private static FileVisitResult unlessMissing(Step step) throws IOException {
        try {
            step.run();
        } catch (NoSuchFileException _) {
            // A running server deletes files.
        }
        return FileVisitResult.CONTINUE;
    }
}
