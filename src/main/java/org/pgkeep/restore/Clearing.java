package org.pgkeep.restore;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.repository.PathName;

/**
 * Makes room for a delta restore: removes from the target what the backup does not have, or has as something else (a directory
 * where a file must be, a link that leads elsewhere), and cuts files that are too long. What stays has the right kind and may have the
 * wrong content.
 */
final class Clearing {
    private static final int TYPE = 0170000;
    private static final int REGULAR = 0100000;
    private static final int OWNER_READS_AND_WRITES = 0600;
    private static final int ALL_OF_OWNER = 0700;

    private final Plan plan;
    private final MajorVersion version;
    private final boolean dryRun;
    private final FileIndex index;
    private final Set<Path> own;
    private final List<Path> destinations;
    private final Map<Path, Path> keptLinks = new HashMap<>();
    private final BitSet directoriesThere = new BitSet();
    private final BitSet filesThere = new BitSet();
    private long removed;

    Clearing(Plan plan, MajorVersion version, boolean dryRun) {
        this.plan = plan;
        Path target = plan.directories().getFirst().location();
        this.own = Set.of(target.resolve(Mark.NAME), OldControl.pathIn(target));
        this.destinations = plan.directories().stream()
                .flatMap(directory -> directory.link().stream())
                .map(Directory.Link::destination)
                .toList();
        this.version = version;
        this.dryRun = dryRun;
        this.index = new FileIndex(plan.files());
        plan.keptLinks().forEach(link -> keptLinks.put(link.location(), link.text()));
    }

    /** Goes through all directories of the backup, parents first. */
    void run() {
        directoriesThere.set(0);
        List<Directory> directories = plan.directories();
        for (int number = 0; number < directories.size(); number++) {
            if (directoriesThere.get(number)) {
                clear(number, directories.get(number));
            }
        }
    }

    /** Files and links that were removed, or would be. */
    long removed() {
        return removed;
    }

    /** Whether the file with this ordinal was there and stayed. */
    boolean stays(int file) {
        return filesThere.get(file);
    }

    private void clear(int number, Directory directory) {
        for (Path child : Tree.children(directory.location())) {
            if (!isNotOurs(directory, child) && !isAsInBackup(number, directory, child)) {
                removed += dryRun ? Tree.count(child) : Tree.remove(child);
            }
        }
    }

    /** What is no business of the backup: our own files, other versions' parts of a tablespace, the way to a linked directory. */
    private boolean isNotOurs(Directory directory, Path child) {
        boolean isOtherVersions =
                directory.link().map(Directory.Link::ofTablespace).orElse(false)
                        && !child.endsWith(version.tablespaceDirectory());
        return own.contains(child)
                || isOtherVersions
                || destinations.stream().anyMatch(destination -> destination.startsWith(child));
    }

    private boolean isAsInBackup(int number, Directory directory, Path child) {
        try {
            byte[] name = PathName.bytesOf(child.getFileName());
            int file = index.find(number, name);
            if (file >= 0) {
                boolean stays = isFileAsInBackup(file, child);
                filesThere.set(file, stays);
                return stays;
            }
            Optional<Integer> below = plan.directoryAt(directory.path().child(name));
            if (below.isPresent()) {
                boolean stays = isDirectoryAsInBackup(plan.directories().get(below.get()), child);
                directoriesThere.set(below.get(), stays);
                return stays;
            }
            Path text = keptLinks.get(child);
            return text != null && isLinkTo(child, text);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + child, e);
        }
    }

    private boolean isFileAsInBackup(int file, Path child) throws IOException {
        Directory.Link link = plan.fileLinks().get(file);
        if (link == null) {
            return isUsable(child, plan.files().size(file));
        }
        Path destination = link.destination();
        if (isLinkTo(child, link.text()) && Tree.exists(destination)) {
            boolean usable = isUsable(destination, plan.files().size(file));
            removed += usable || dryRun ? 0 : Tree.remove(destination);
            return true;
        }
        return false;
    }

    /** Whether this is a regular file of one name, which then is made writable and not too long. */
    private boolean isUsable(Path path, long size) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(path, "unix:mode,size,nlink", LinkOption.NOFOLLOW_LINKS);
        int mode = (int) number(attributes, "mode");
        // A file with a second name may be another cluster's as well (pg_upgrade --link), and would be changed there.
        if ((mode & TYPE) != REGULAR || number(attributes, "nlink") != 1) {
            return false;
        }
        if (!dryRun) {
            if ((mode & OWNER_READS_AND_WRITES) != OWNER_READS_AND_WRITES) {
                Path _ = Files.setAttribute(path, "unix:mode", OWNER_READS_AND_WRITES);
            }
            if (number(attributes, "size") > size) {
                cut(path, size);
            }
        }
        return true;
    }

    private static long number(Map<String, Object> attributes, String name) {
        return ((Number) Objects.requireNonNull(attributes.get(name))).longValue();
    }

    private static void cut(Path path, long size) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            FileChannel _ = channel.truncate(size);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "truncate " + path, e);
        }
    }

    private boolean isDirectoryAsInBackup(Directory wanted, Path child) throws IOException {
        if (wanted.link().isPresent()) {
            return isLinkTo(child, wanted.link().get().text());
        }
        boolean isDirectory = Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS);
        if (isDirectory && !dryRun) {
            // Its own mode comes back at the end; a read-only directory could not be filled.
            Path _ = Files.setAttribute(child, "unix:mode", ALL_OF_OWNER);
        }
        return isDirectory;
    }

    private static boolean isLinkTo(Path child, Path text) throws IOException {
        return Files.isSymbolicLink(child) && Files.readSymbolicLink(child).equals(text);
    }
}
