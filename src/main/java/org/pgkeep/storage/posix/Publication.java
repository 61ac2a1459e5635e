package org.pgkeep.storage.posix;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * Giving a finished file its name, unless the name is taken. {@code link} does that in one step. Where a file system has no hard links
 * (FAT, some network and FUSE file systems) it is a check and a {@code rename} under the root's lock: as atomic for readers, and
 * exclusive among pgkeep processes, which is all that write there.
 */
final class Publication {
    private final RootLock lock;
    private volatile boolean hardLinks;

    Publication(RootLock lock, boolean hardLinks) {
        this.lock = lock;
        this.hardLinks = hardLinks;
    }

    /** Whether the file now has the name; if not, another one has it. */
    boolean publish(Path temporary, Path target) throws IOException {
        if (hardLinks) {
            try {
                Files.createLink(target, temporary);
                return true;
            } catch (FileAlreadyExistsException e) {
                return isOurs(temporary, target);
            } catch (FileSystemException e) {
                if (!meansNoHardLinks(e)) {
                    throw e;
                }
                hardLinks = false;
            }
        }
        return rename(temporary, target);
    }

    /** A file server whose answer got lost repeats the request, and then finds the link that it made itself. */
    private static boolean isOurs(Path temporary, Path target) throws IOException {
        if (Files.isDirectory(target)) {
            throw isFolder(target);
        }
        try {
            return Files.isSameFile(temporary, target);
        } catch (NoSuchFileException e) {
            // Deleted since: it was there when we came, and that is the answer.
            return false;
        }
    }

    /** Only errors that a second link on the same file system would meet as well: a full disk must not change the way we publish. */
    private static boolean meansNoHardLinks(FileSystemException e) {
        String reason = String.valueOf(e.getReason());
        return !(e instanceof AccessDeniedException)
                && (reason.contains("Operation not permitted")
                        || reason.contains("not supported")
                        || reason.contains("not implemented"));
    }

    private boolean rename(Path temporary, Path target) throws IOException {
        try (var _ = lock.take()) {
            if (Files.isDirectory(target)) {
                throw isFolder(target);
            }
            if (isThere(target)) {
                return false;
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            return true;
        }
    }

    /** Not by {@code Files.exists}, which takes a disk that fails for a name that is free. */
    private static boolean isThere(Path target) throws IOException {
        try {
            BasicFileAttributes _ = Files.readAttributes(target, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static PgkeepException isFolder(Path target) {
        return new PgkeepException(ErrorCode.STORAGE, "cannot write " + target + ": it is a folder");
    }
}
