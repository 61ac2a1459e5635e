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
import org.pgkeep.linux.LinuxDirectory;
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
            return Optional.of(attributes(path));
        } catch (NoSuchFileException e) {
            return lookAgain(path);
        } catch (IOException e) {
            return explain(path, e);
        }
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class);
    }

    private Optional<BasicFileAttributes> lookAgain(Path path) {
        if (path.equals(root)) {
            requireRoot();
        }
        doubt(parent(path));
        try {
            return Optional.of(attributes(path));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            return explain(path, e);
        }
    }

    private Optional<BasicFileAttributes> explain(Path path, IOException e) {
        if (e instanceof FileSystemException && leadsThroughFile(path)) {
            return Optional.empty();
        }
        throw PosixFailure.of("look at " + path, e);
    }

    /**
     * What to do before the system is believed that nothing is in a folder. A disk that is not mounted must not look like an empty store:
     * {@code archive-get} would tell PostgreSQL that WAL ends here. And a host that mounts the store over NFS remembers for up to a minute
     * what was not there: it asks the server again when the folder above is opened ({@code nfs(5)}, close-to-open).
     */
    private void doubt(Path folder) {
        requireRoot();
        for (Path at = folder; at.startsWith(root); at = parent(at)) {
            try (DirectoryStream<Path> _ = Files.newDirectoryStream(at)) {
                return;
            } catch (NoSuchFileException e) {
                requireTarget(at);
            } catch (IOException e) {
                // It is there, and cannot be listed: what there is to say will be said by who lists it.
                return;
            }
        }
    }

    /** That it is no link that leads to nothing. */
    void requireTarget(Path folder) {
        if (Files.isSymbolicLink(folder) && !Files.exists(folder)) {
            throw notMounted("the link " + folder + " leads to nothing");
        }
    }

    private static PgkeepException notMounted(String what) {
        return new PgkeepException(ErrorCode.PATH_MISSING, what, "Check that its file system is mounted.");
    }

    /** That it is there still. */
    void requireRoot() {
        if (!Files.isDirectory(root)) {
            throw notMounted("the directory " + root + " does not exist");
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
        return list(folder).or(() -> listAgain(folder)).orElseGet(ArrayList::new);
    }

    private Optional<List<String>> listAgain(Path folder) {
        doubt(folder);
        return list(folder);
    }

    /** Empty if the folder does not exist. */
    private Optional<List<String>> list(Path folder) {
        return LinuxDirectory.names(folder).map(all -> shown(folder, all)).or(() -> listByJava(folder));
    }

    private List<String> shown(Path folder, List<String> all) {
        all.removeIf(name -> !isShown(folder, name));
        return all;
    }

    private Optional<List<String>> listByJava(Path folder) {
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
            return Optional.of(names);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Optional.empty();
        } catch (DirectoryIteratorException e) {
            throw PosixFailure.of("list " + folder, e);
        } catch (IOException e) {
            throw PosixFailure.of("list " + folder, e);
        }
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
