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

    long run() {
        tree.requireRoot();
        sweep(tree.root());
        return removed;
    }

    private void sweep(Path folder) {
        for (String name : tree.names(folder)) {
            Path path = folder.resolve(name);
            if (Files.isDirectory(path)) {
                sweep(path);
            }
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, ".*.tmp")) {
            for (Path entry : entries) {
                removeIfOld(entry);
            }
        } catch (NoSuchFileException e) {
            // The folder was removed by another: nothing to do.
            return;
        } catch (DirectoryIteratorException e) {
            throw PosixFailure.of("sweep " + folder, e);
        } catch (IOException e) {
            throw PosixFailure.of("sweep " + folder, e);
        }
        if (!folder.equals(tree.root())) {
            folders.prune(folder);
        }
    }

    private void removeIfOld(Path entry) throws IOException {
        if (!TemporaryFile.isName(String.valueOf(entry.getFileName()))) {
            return;
        }
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
