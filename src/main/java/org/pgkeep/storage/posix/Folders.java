package org.pgkeep.storage.posix;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** Making folders, making them durable, and removing them when they are empty, while other processes do the same. */
final class Folders {
    private static final int REMEMBERED_MAX = 4096;
    private static final int ATTEMPTS_MAX = 100;

    /**
     * Age from which a folder is on disk, whoever made it: file systems write their journal within a minute. Syncing five old folders
     * would cost each {@code archive_command} as many disk flushes. Where a file system does not keep the time of creation, the JDK
     * gives that of the last change, which is new.
     */
    private static final Duration SETTLED = Duration.ofMinutes(10);

    private final Tree tree;
    private final PosixOptions options;

    /**
     * Folders whose entry in their parent, and so on up to the root, is on disk; by path, which directory that was:
     * another made later under its name may get the same inode, but not the same time.
     */
    private final Map<Path, Object> durable = new ConcurrentHashMap<>();

    Folders(Tree tree, PosixOptions options) {
        this.tree = tree;
        this.options = options;
    }

    /** Makes a folder and those above it, never the root: a root that vanished is not to be made anew on another disk. */
    void make(Path folder) throws IOException {
        for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
            if (folder.equals(tree.root())) {
                tree.requireRoot();
                return;
            }
            try {
                Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(options.folderMode()));
                undoUmask(folder);
                return;
            } catch (FileAlreadyExistsException e) {
                if (!Files.isDirectory(folder) && Files.exists(folder)) {
                    throw new PgkeepException(ErrorCode.STORAGE, folder + " is not a folder").causedBy(e);
                }
                tree.requireTarget(folder);
                return;
            } catch (NoSuchFileException e) {
                // Never made, or removed by another process between its making and ours.
                make(Tree.parent(folder));
            }
        }
        throw new PgkeepException(ErrorCode.STORAGE, "cannot make " + folder + ": it is removed again and again");
    }

    private void undoUmask(Path folder) throws IOException {
        // Only when it differs: chmod drops the set-group-id bit that a shared repository inherits.
        if (!Files.getPosixFilePermissions(folder).equals(options.folderMode())) {
            Files.setPosixFilePermissions(folder, options.folderMode());
        }
    }

    /**
     * Puts the entries of a folder and of those above it on disk, whoever made them: another process may have made them a moment ago
     * and not have got that far. Once for each folder; the caller keeps a file in it meanwhile, so it cannot be removed.
     *
     * @param now the time by the file system's own clock
     */
    void makeDurable(Path folder, Instant now) throws IOException {
        if (!options.durable() || folder.equals(tree.root())) {
            return;
        }
        BasicFileAttributes found = Files.readAttributes(folder, BasicFileAttributes.class);
        if (found.creationTime().toInstant().isBefore(now.minus(SETTLED))) {
            return;
        }
        Object identity = Arrays.asList(found.fileKey(), found.creationTime());
        if (identity.equals(durable.get(folder))) {
            return;
        }
        makeDurable(Tree.parent(folder), now);
        sync(Tree.parent(folder));
        if (durable.size() >= REMEMBERED_MAX) {
            durable.clear();
        }
        durable.put(folder, identity);
    }

    /** Puts what was last linked, renamed or unlinked in a folder on disk. */
    void sync(Path folder) throws IOException {
        if (!options.durable()) {
            return;
        }
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            force(directory);
        }
    }

    private static void force(FileChannel directory) throws IOException {
        try {
            directory.force(true);
        } catch (IOException e) {
            // Some file systems cannot sync directories; PostgreSQL ignores that, too (storage/file/fd.c,
            // fsync_fname_ext).
            String reason = String.valueOf(e.getMessage());
            if (!reason.contains("Invalid argument") && !reason.contains("Bad file descriptor")) {
                throw e;
            }
        }
    }

    /** As {@link #sync}; if the folder is gone, the one above it that lost it, and so on. */
    void syncNearest(Path folder) throws IOException {
        try {
            sync(folder);
        } catch (NoSuchFileException e) {
            if (folder.equals(tree.root())) {
                throw e;
            }
            syncNearest(Tree.parent(folder));
        }
    }

    /** Removes a folder and those above it as long as they are empty, never the root or a link that an administrator made. */
    void prune(Path folder) {
        for (Path empty = folder; !empty.equals(tree.root()); empty = Tree.parent(empty)) {
            try {
                if (Files.isSymbolicLink(empty)) {
                    return;
                }
                Files.deleteIfExists(empty);
            } catch (IOException e) {
                // Not empty, or not ours to remove: an empty folder left over harms nobody.
                return;
            }
        }
    }
}
