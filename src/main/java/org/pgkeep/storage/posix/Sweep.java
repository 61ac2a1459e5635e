package org.pgkeep.storage.posix;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Removes temporary files of writers that died, and the folders that are empty then. */
final class Sweep {
    private final Tree tree;
    private final Folders folders;
    private final Instant before;
    private long removed;

    Sweep(Tree tree, Folders folders, Instant before) {
        this.tree = tree;
        this.folders = folders;
        this.before = before;
    }

    long run(Path folder) {
        tree.requireRoot();
        sweep(folder);
        return removed;
    }

    private void sweep(Path folder) {
        List<Path> within = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            boolean mayHaveFolders = mayHaveFolders(folder);
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (TemporaryFile.isName(name)) {
                    removeIfOld(entry);
                } else if (mayHaveFolders && tree.isShown(folder, name) && Files.isDirectory(entry)) {
                    within.add(entry);
                }
            }
        } catch (NoSuchFileException e) {
            // The folder was removed by another: nothing to do.
            return;
        } catch (DirectoryIteratorException e) {
            throw PosixFailure.of("sweep " + folder, e);
        } catch (IOException e) {
            throw PosixFailure.of("sweep " + folder, e);
        }
        within.forEach(this::sweep);
        if (!folder.equals(tree.root())) {
            folders.prune(folder);
        }
    }

    /**
     * Most folders hold files alone, thousands of them: to look at each would take minutes over a network. A directory has a link of its
     * own, one in its parent, and one in each directory within it; file systems that do not count these say less than 2.
     */
    private static boolean mayHaveFolders(Path folder) throws IOException {
        return !(Files.getAttribute(folder, "unix:nlink") instanceof Integer links) || links != 2;
    }

    private void removeIfOld(Path entry) throws IOException {
        if (isOldFile(entry) && Files.deleteIfExists(entry)) {
            removed++;
        }
    }

    private boolean isOldFile(Path entry) throws IOException {
        try {
            var found = Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return found.isRegularFile() && found.lastModifiedTime().toInstant().isBefore(before);
        } catch (NoSuchFileException e) {
            // Its writer was alive after all, and has finished.
            return false;
        }
    }
}
