package org.pgkeep.restore;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.server.PostmasterPid;
import org.pgkeep.repository.Label;

/**
 * The directories that a restore fills: the data directory, and what its links lead to. First {@link #check}, which touches
 * nothing, then {@link #prepare}, which empties and makes them.
 */
final class Destinations {
    /** What {@code mkfs} leaves in the root of a file system. */
    private static final String LOST_AND_FOUND = "lost+found";

    private static final String VERSION_DIRECTORY = "PG_";

    private final Path target;
    private final boolean force;
    private final MajorVersion version;
    private final List<Directory> linked;
    private final List<Directory.Link> fileLinks;
    private final Optional<Set<Path>> interrupted;

    Destinations(Plan plan, RestoreRequest request, MajorVersion version) {
        this.target = request.target();
        this.force = request.force();
        this.version = version;
        this.linked = plan.directories().stream()
                .filter(directory -> directory.link().isPresent())
                .toList();
        this.fileLinks = List.copyOf(plan.fileLinks().values());
        // With a control file the last restore was complete, and its server may have run since.
        this.interrupted = Files.exists(target.resolve(ControlFile.PATH)) ? Optional.empty() : Mark.find(target);
    }

    /** The data directory, then what its links lead to. */
    List<Path> paths() {
        List<Path> paths = new ArrayList<>(List.of(target));
        linked.forEach(directory -> paths.add(link(directory).destination()));
        return paths;
    }

    private static Directory.Link link(Directory directory) {
        return directory.link().orElseThrow();
    }

    /**
     * Proves that nothing gets lost: no server runs there, and every directory is absent, empty, left by an interrupted
     * restore, or an old one that may be removed.
     */
    void check() {
        refuseRunningServer();
        checkTarget();
        refuseOverlaps();
        linked.forEach(this::checkLinked);
        for (Directory.Link link : fileLinks) {
            requireParent(link.destination());
            if (exists(link.destination()) && !force && interrupted.isEmpty()) {
                throw notEmpty(link.destination() + ", to which a link is to point, exists");
            }
        }
    }

    private void refuseRunningServer() {
        Optional<PostmasterPid> running = Files.isDirectory(target)
                ? PostmasterPid.read(target).filter(PostmasterPid::isProcessAlive)
                : Optional.empty();
        if (running.isPresent()) {
            throw new PgkeepException(
                    ErrorCode.SERVER_RUNNING,
                    "a server with process id " + running.get().pid() + " runs in " + target,
                    "Stop it, or restore into another directory. If that process is not PostgreSQL, remove "
                            + target.resolve("postmaster.pid") + ".");
        }
    }

    private void checkTarget() {
        requireParent(target);
        if (isEmpty(target) || interrupted.isPresent()) {
            return;
        }
        if (!force) {
            throw notEmpty(target + " is not empty");
        }
        if (!Files.exists(target.resolve("PG_VERSION"))) {
            throw notEmpty(
                    target + " is not empty and has no PG_VERSION: it is not a data directory, so nothing is removed");
        }
    }

    private static PgkeepException notEmpty(String what) {
        return new PgkeepException(
                ErrorCode.PATH_NOT_EMPTY,
                what,
                "Restore into an absent or empty directory, or let --force remove an old data directory.");
    }

    /** Makes no tree of directories on a file system that somebody forgot to mount. */
    private static void requireParent(Path path) {
        Path parent = path.getParent();
        if (parent != null && !Files.isDirectory(parent)) {
            throw new PgkeepException(
                    ErrorCode.PATH_MISSING,
                    "directory " + parent + ", in which " + path.getFileName() + " is to be made, does not exist",
                    "Create it, or mount its file system.");
        }
        Path written = Files.isDirectory(path) ? path : parent;
        if (written != null && !Files.isWritable(written)) {
            throw new PgkeepException(
                    ErrorCode.PERMISSION,
                    "cannot write " + path + ": directory " + written + " is read-only for this user",
                    "Run pgkeep as the user that owns it, usually postgres, or change its permissions.");
        }
    }

    /** The directory for all tablespaces may be new as well. */
    private static void requireGrandparent(Path path) {
        Path parent = path.getParent();
        requireParent(parent == null || Files.isDirectory(parent) ? path : parent);
    }

    private void refuseOverlaps() {
        List<Path> real = paths().stream().map(Destinations::real).toList();
        for (int i = 0; i < real.size(); i++) {
            for (int j = 0; j < i; j++) {
                boolean insideTarget = j == 0
                        && real.get(i).startsWith(real.get(0))
                        && !real.get(i).equals(real.get(0));
                boolean overlap =
                        real.get(i).startsWith(real.get(j)) || real.get(j).startsWith(real.get(i));
                if (overlap && !insideTarget) {
                    throw new PgkeepException(
                            ErrorCode.USAGE,
                            paths().get(i) + " and " + paths().get(j)
                                    + " are to be filled, but one is or contains the other",
                            "Give each tablespace and each link a directory of its own with --tablespace-map and --link-map.");
                }
            }
        }
    }

    /** The path without links, as far as it exists. */
    private static Path real(Path path) {
        Path existing = path;
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        try {
            return existing.toRealPath().resolve(existing.relativize(path)).normalize();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "resolve " + existing, e);
        }
    }

    private void checkLinked(Directory directory) {
        Path destination = link(directory).destination();
        boolean goesWithTarget = real(destination).startsWith(real(target));
        if (goesWithTarget) {
            return;
        }
        requireGrandparent(destination);
        if (!isEmpty(destination) && !mayEmpty(directory)) {
            throw notEmpty(destination + ", where " + directory.path() + " is to be restored, is not empty");
        }
    }

    /** Only what is known to be of this cluster, or of an interrupted restore, is ever removed. */
    private boolean mayEmpty(Directory directory) {
        Path destination = link(directory).destination();
        boolean ours = interrupted.map(paths -> paths.contains(destination)).orElse(false);
        if (link(directory).ofTablespace()) {
            return (ours || force)
                    && children(destination).stream()
                            .allMatch(child -> child.getFileName().toString().startsWith(VERSION_DIRECTORY));
        }
        return ours || (force && real(directory.location()).equals(real(destination)));
    }

    private static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static boolean isEmpty(Path directory) {
        if (exists(directory) && !Files.isDirectory(directory)) {
            throw new PgkeepException(ErrorCode.PATH_NOT_EMPTY, directory + " is not a directory");
        }
        return children(directory).isEmpty();
    }

    private static List<Path> children(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(directory)) {
            return children.filter(child -> !child.endsWith(LOST_AND_FOUND)).toList();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "list " + directory, e);
        }
    }

    /** Marks the data directory, then empties and makes all directories. */
    Mark prepare(Label label) {
        make(target);
        Set<Path> outside = new LinkedHashSet<>(interrupted.orElse(Set.of()));
        outside.addAll(paths().subList(1, paths().size()));
        Mark mark = Mark.set(target, label, outside);
        try {
            // Without it the old cluster cannot be started by mistake, half removed.
            remove(target.resolve(ControlFile.PATH));
            children(target).stream()
                    .filter(child -> !child.endsWith(Mark.NAME))
                    .forEach(Destinations::remove);
            linked.forEach(this::prepareLinked);
            fileLinks.forEach(link -> remove(link.destination()));
            return mark;
        } catch (RuntimeException e) {
            mark.close();
            throw e;
        }
    }

    /** Free space on all file systems together. */
    long freeBytes() {
        try {
            Set<FileStore> stores = new HashSet<>();
            for (Path path : paths()) {
                boolean _ = stores.add(Files.getFileStore(path));
            }
            long free = 0;
            for (FileStore store : stores) {
                free += store.getUsableSpace();
            }
            return free;
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "find the free space of " + target, e);
        }
    }

    private void prepareLinked(Directory directory) {
        Path destination = link(directory).destination();
        makeParent(destination);
        make(destination);
        if (link(directory).ofTablespace()) {
            // Other versions may keep their files of the same tablespace beside ours.
            remove(destination.resolve(version.tablespaceDirectory()));
        } else {
            children(destination).forEach(Destinations::remove);
        }
    }

    /** Open to all: what is in it is not. */
    private static void makeParent(Path path) {
        Path parent = path.getParent();
        try {
            if (parent != null && !Files.isDirectory(parent)) {
                Path _ = Files.createDirectory(parent);
            }
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "create directory " + parent, e);
        }
    }

    private static void make(Path directory) {
        if (Files.isDirectory(directory)) {
            return;
        }
        try {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "create directory " + directory, e);
        }
    }

    /** Removes a file, a link, or a directory and all that is in it, without following links. */
    private static void remove(Path path) {
        if (!exists(path)) {
            return;
        }
        try {
            Files.walkFileTree(path, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                    if (e != null) {
                        throw e;
                    }
                    Files.delete(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "remove " + path, e);
        }
    }
}
