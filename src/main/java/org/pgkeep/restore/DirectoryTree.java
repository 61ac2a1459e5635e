package org.pgkeep.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * Makes directories and the links that lead to what is restored, as far as they are not there, before files are written; the other links,
 * and attributes, afterwards.
 */
final class DirectoryTree {
    /** While files are written; a read-only directory could not be filled. */
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Plan plan;
    private final Owners owners;

    DirectoryTree(Plan plan, Owners owners) {
        this.plan = plan;
        this.owners = owners;
    }

    /** Makes all but the destinations, which are there. */
    void make() {
        for (Directory directory : plan.directories()) {
            Path location = directory.location();
            try {
                if (directory.link().isPresent()) {
                    makeLink(location, directory.link().get().text(), ownership(directory));
                } else if (!Files.isDirectory(location, LinkOption.NOFOLLOW_LINKS)) {
                    Path _ = Files.createDirectory(location, PRIVATE);
                }
            } catch (IOException e) {
                throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "create directory " + location, e);
            }
        }
        plan.fileLinks()
                .forEach((file, link) -> keep(new KeptLink(
                        plan.files().place(file), link.text(), plan.files().ownership(file))));
    }

    /**
     * Makes the links through which nothing is restored. Last, and not where a file of the restore's own is: through a forged or a mere
     * dangling {@code backup_label} it would have been written elsewhere.
     */
    void keepLinks() {
        for (KeptLink link : plan.keptLinks()) {
            if (Files.isSymbolicLink(link.location()) || !Files.exists(link.location(), LinkOption.NOFOLLOW_LINKS)) {
                keep(link);
            }
        }
    }

    private void keep(KeptLink link) {
        try {
            makeLink(link.location(), link.text(), link.ownership());
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "create link " + link.location(), e);
        }
    }

    private void makeLink(Path location, Path text, FileTable.Ownership ownership) throws IOException {
        if (!Files.isSymbolicLink(location)) {
            Path _ = Files.createSymbolicLink(location, text);
        }
        owners.give(location, ownership, LinkOption.NOFOLLOW_LINKS);
    }

    private static FileTable.Ownership ownership(Directory directory) {
        return new FileTable.Ownership(
                directory.attributes().owner(), directory.attributes().group());
    }

    /** Owner, mode and time, children before their parents. */
    void finish() {
        for (Directory directory : plan.directories().reversed()) {
            Path location = directory.location();
            try {
                owners.give(location, ownership(directory));
                Path _ = Files.setAttribute(
                        location, "unix:mode", directory.attributes().mode());
                Path _ = Files.setLastModifiedTime(
                        location, FileTime.from(directory.attributes().modified()));
            } catch (IOException e) {
                throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "set the attributes of " + location, e);
            }
        }
    }
}
