package org.pgkeep.restore;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.server.PostmasterPid;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.Label;

/**
 * The directories that a restore fills: the data directory, and what its links lead to. First {@link #check}, which touches
 * nothing, then {@link #prepare}, which makes them, and empties them or, for a delta restore, takes the control file away.
 */
final class Destinations {
    private static final String VERSION_DIRECTORY = "PG_";

    private final Path target;
    private final boolean force;
    private final MajorVersion version;
    private final BackupRecord backup;
    private final List<Directory> linked;
    private final List<Directory.Link> fileLinks;
    private final Delta delta;
    private final Occupant occupant;

    Destinations(Plan plan, RestoreRequest request, BackupRecord backup, MajorVersion version) {
        this.target = request.target();
        this.force = request.force();
        this.delta = request.delta();
        this.backup = backup;
        this.version = version;
        this.linked = plan.directories().stream()
                .filter(directory -> directory.link().isPresent())
                .toList();
        this.fileLinks = List.copyOf(plan.fileLinks().values());
        this.occupant = Occupant.of(target);
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

    /** What is there before the restore. */
    Occupant occupant() {
        return occupant;
    }

    /** Whether what is there is compared with the backup, instead of being absent or removed. */
    boolean areCompared() {
        return delta != Delta.OFF && occupant.isOf(backup.systemIdentifier());
    }

    /**
     * Proves that nothing gets lost: no server runs there, and every directory is absent, empty, left by an interrupted
     * restore, an old one that may be removed, or one of this cluster that a delta restore may go over.
     */
    void check() {
        refuseRunningServer();
        requireParent(target);
        if (!areCompared()) {
            requireDisposable();
        }
        refuseOverlaps();
        linked.forEach(this::checkLinked);
        for (Directory.Link link : fileLinks) {
            requireParent(link.destination());
            if (Tree.exists(link.destination())
                    && !force
                    && !areCompared()
                    && interrupted().isEmpty()) {
                throw notEmpty(link.destination() + ", to which a link is to point, exists");
            }
        }
    }

    /** What an interrupted restore wrote to outside; empty when there was none. */
    private Optional<Set<Path>> interrupted() {
        return occupant instanceof Occupant.Unfinished(var directories, var _)
                ? Optional.of(directories)
                : Optional.empty();
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

    /** The data directory is empty, or may be emptied. */
    private void requireDisposable() {
        boolean allowed = switch (occupant) {
            case Occupant.Nobody _ -> true;
            case Occupant.Unfinished _ -> delta == Delta.OFF || force;
            case Occupant.Cluster _, Occupant.Stranger _ -> force;
        };
        if (!allowed) {
            throw delta == Delta.OFF ? notEmpty(target + " is not empty") : notComparable();
        }
        boolean isOld = occupant instanceof Occupant.Cluster || occupant instanceof Occupant.Stranger;
        if (isOld && !Files.exists(target.resolve("PG_VERSION"))) {
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

    private PgkeepException notComparable() {
        return switch (occupant) {
            case Occupant.Cluster(var control) -> ofAnother(control);
            case Occupant.Unfinished(var _, var before) -> ofAnother(before.orElseThrow());
            case Occupant.Stranger(var why) ->
                notEmpty(target + " is not known to be of the same cluster as backup " + backup.label()
                        + ", so that nothing in it is touched: " + why);
            case Occupant.Nobody _ -> throw new PgkeepException(ErrorCode.BUG, "an empty directory was refused");
        };
    }

    private PgkeepException ofAnother(ControlFile control) {
        return new PgkeepException(
                ErrorCode.CLUSTER_MISMATCH,
                target + " holds the cluster with system identifier "
                        + Long.toUnsignedString(control.systemIdentifier()) + ", but backup " + backup.label()
                        + " is of "
                        + Long.toUnsignedString(backup.systemIdentifier()),
                "Restore into another directory, or let --force remove what is there.");
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
        List<Path> real = paths().stream().map(Tree::real).toList();
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

    private void checkLinked(Directory directory) {
        Path destination = link(directory).destination();
        boolean goesWithTarget = Tree.real(destination).startsWith(Tree.real(target));
        if (goesWithTarget) {
            return;
        }
        requireGrandparent(destination);
        if (!Tree.isEmpty(destination) && !isOurs(directory)) {
            throw occupied(directory);
        }
    }

    private PgkeepException occupied(Directory directory) {
        Path destination = link(directory).destination();
        String what = destination + ", where " + directory.path() + " is to be restored, is not empty";
        if (Tree.real(directory.location()).equals(Tree.real(destination))) {
            return notEmpty(what);
        }
        return new PgkeepException(
                ErrorCode.PATH_NOT_EMPTY,
                what + " and not where " + directory.location() + " leads now",
                "It may be in use by another cluster. Restore it to another place (--tablespace-map, --link-map), or if nothing uses it any"
                        + " more, remove what is in it.");
    }

    /** Only what is known to be of this cluster, or of an interrupted restore, is ever removed or written over. */
    private boolean isOurs(Directory directory) {
        Path destination = link(directory).destination();
        boolean known = interrupted().map(paths -> paths.contains(destination)).orElse(false);
        boolean leadsThere = Tree.real(directory.location()).equals(Tree.real(destination));
        if (areCompared()) {
            return known || leadsThere;
        }
        // A directory that the old data directory does not lead to may be another cluster's, whose server runs.
        return (known || (force && leadsThere))
                && (!link(directory).ofTablespace() || holdsTablespaceOnly(destination));
    }

    private static boolean holdsTablespaceOnly(Path destination) {
        return Tree.children(destination).stream()
                .allMatch(child -> child.getFileName().toString().startsWith(VERSION_DIRECTORY));
    }

    /** Marks the data directory, then makes all directories, empty or, to be compared, without the control file's name. */
    Mark prepare(Label label) {
        Tree.make(target);
        Set<Path> outside = new LinkedHashSet<>(interrupted().orElse(Set.of()));
        outside.addAll(paths().subList(1, paths().size()));
        Mark mark = Mark.set(target, label, outside);
        try {
            if (areCompared()) {
                OldControl.setAside(target);
            } else {
                empty();
            }
            return mark;
        } catch (RuntimeException e) {
            mark.close();
            throw e;
        }
    }

    private void empty() {
        // Without it the old cluster cannot be started by mistake, half removed.
        long _ = Tree.remove(target.resolve(ControlFile.PATH));
        Tree.children(target).stream()
                .filter(child -> !child.endsWith(Mark.NAME))
                .forEach(Tree::remove);
        linked.forEach(this::emptyLinked);
        fileLinks.forEach(link -> Tree.remove(link.destination()));
    }

    private void emptyLinked(Directory directory) {
        Path destination = link(directory).destination();
        if (link(directory).ofTablespace()) {
            // Other versions may keep their files of the same tablespace beside ours.
            long _ = Tree.remove(destination.resolve(version.tablespaceDirectory()));
        } else {
            Tree.children(destination).forEach(Tree::remove);
        }
    }

    /** Makes the directories to which links lead. */
    void make() {
        for (Directory directory : linked) {
            Tree.makeParent(link(directory).destination());
            Tree.make(link(directory).destination());
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
}
