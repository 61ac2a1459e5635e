package org.pgkeep.storage.posix;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;

/** What is in the directory: names to paths and back, and looking without touching. */
record Tree(Path root) {
    /** What {@code mkfs} puts at the top of a file system of its own, readable by root only. */
    private static final String LOST_AND_FOUND = "lost+found";

    Path path(ObjectName name) {
        return root.resolve(name.value());
    }

    Path folder(String folder) {
        return folder.isEmpty() ? root : path(new ObjectName(folder));
    }

    /** The folder that a path below the root lies in. */
    static Path parent(Path path) {
        Path parent = path.getParent();
        if (parent == null) {
            throw new PgkeepException(ErrorCode.BUG, path + " has no parent");
        }
        return parent;
    }

    /** The object's file; empty if there is none, or something that is not a file. */
    Optional<BasicFileAttributes> object(ObjectName name) {
        return look(path(name)).filter(BasicFileAttributes::isRegularFile);
    }

    /** What is at a path, following links; empty if nothing is. */
    Optional<BasicFileAttributes> look(Path path) {
        try {
            return Optional.of(Files.readAttributes(path, BasicFileAttributes.class));
        } catch (NoSuchFileException e) {
            requireRoot();
            return Optional.empty();
        } catch (IOException e) {
            if (e instanceof FileSystemException && leadsThroughFile(path)) {
                return Optional.empty();
            }
            throw PosixFailure.of("look at " + path, e);
        }
    }

    /**
     * A root that vanished (an unmounted disk) must not look like an empty store: {@code archive-get} would tell PostgreSQL that WAL
     * ends here.
     */
    void requireRoot() {
        if (!Files.isDirectory(root)) {
            throw new PgkeepException(
                    ErrorCode.PATH_MISSING,
                    "the directory " + root + " does not exist",
                    "Check that its file system is mounted.");
        }
    }

    /** {@code ENOTDIR}, told apart without the operating system's text, which depends on the locale. */
    private boolean leadsThroughFile(Path path) {
        for (Path above = path.getParent(); above != null && above.startsWith(root); above = above.getParent()) {
            if (Files.isRegularFile(above)) {
                return true;
            }
        }
        return false;
    }

    /** As {@link #names}, ascending. */
    List<String> sortedNames(Path folder) {
        List<String> names = names(folder);
        names.sort(null);
        return names;
    }

    /** The names in a folder that can be part of an object's name; none if it does not exist. */
    List<String> names(Path folder) {
        List<String> names = new ArrayList<>();
        int prefix = folder.resolve("x").toString().length() - 1;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                // The last component in half the time that getFileName takes: a listing has a million names.
                String name = entry.toString().substring(prefix);
                if (isShown(folder, name)) {
                    names.add(name);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            requireRoot();
        } catch (DirectoryIteratorException e) {
            throw PosixFailure.of("list " + folder, e);
        } catch (IOException e) {
            throw PosixFailure.of("list " + folder, e);
        }
        return names;
    }

    /** Whether this can be part of an object's name. */
    boolean isShown(Path folder, String name) {
        return ObjectName.isComponent(name) && !(folder.equals(root) && name.equals(LOST_AND_FOUND));
    }

    /** Whether an object lies in this folder at any depth; in order, so that damage somewhere below is met always or never. */
    boolean holdsAny(Path folder) {
        for (String name : sortedNames(folder)) {
            Path entry = folder.resolve(name);
            Optional<BasicFileAttributes> found = look(entry);
            if (found.isPresent()
                    && (found.get().isRegularFile() || (found.get().isDirectory() && holdsAny(entry)))) {
                return true;
            }
        }
        return false;
    }

    /**
     * The facts about an object. Its version is the file's identity, time and size: see {@link TemporaryFile#stamp} for why that
     * changes with every replacement.
     */
    static ObjectInfo info(ObjectName name, BasicFileAttributes file) {
        var modified = file.lastModifiedTime().toInstant();
        String version =
                file.fileKey() + "-" + modified.getEpochSecond() + "." + modified.getNano() + "-" + file.size();
        return new ObjectInfo(name, file.size(), modified, version);
    }
}
