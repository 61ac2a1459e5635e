package org.pgkeep.storage.posix;

import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * How a store in a directory keeps its files.
 *
 * @param durable wait until data is on the disk ({@code fsync}); without it a power failure can lose what was committed
 * @param fileMode permissions of objects, whatever the umask
 * @param folderMode permissions of the folders pgkeep makes, whatever the umask
 */
public record PosixOptions(boolean durable, Set<PosixFilePermission> fileMode, Set<PosixFilePermission> folderMode) {
    /** Durable; {@code rw-r-----} and {@code rwxr-x---}, as PostgreSQL's own group-readable clusters ({@code initdb --allow-group-access}). */
    public static final PosixOptions DEFAULT = new PosixOptions(
            true, PosixFilePermissions.fromString("rw-r-----"), PosixFilePermissions.fromString("rwxr-x---"));

    public PosixOptions {
        fileMode = Set.copyOf(fileMode);
        folderMode = Set.copyOf(folderMode);
    }

    /** For tests and throw-away repositories: nothing waits for the disk. */
    public PosixOptions withoutSync() {
        return new PosixOptions(false, fileMode, folderMode);
    }
}
