package org.pgkeep.storage.posix;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Makes the root of a new store, and the directories above it. */
record RootMaker(PosixOptions options) {
    /** Does nothing where there is a directory, or a link to one. */
    void make(Path root) {
        if (Files.isDirectory(root)) {
            return;
        }
        Path parent = root.getParent();
        if (parent != null) {
            make(parent);
        }
        try {
            Files.createDirectory(root, PosixFilePermissions.asFileAttribute(options.folderMode()));
            Files.setPosixFilePermissions(root, options.folderMode());
            if (parent != null && options.durable()) {
                sync(parent);
            }
        } catch (FileAlreadyExistsException e) {
            // Made by another at the same time; if it is no directory, opening says so.
        } catch (IOException e) {
            throw PosixFailure.of("make the directory " + root, e);
        }
    }

    private static void sync(Path parent) throws IOException {
        // A directory of others may be writable and not readable; then its own next sync has to do.
        if (Files.isReadable(parent)) {
            try (FileChannel directory = FileChannel.open(parent, StandardOpenOption.READ)) {
                directory.force(true);
            }
        }
    }
}
