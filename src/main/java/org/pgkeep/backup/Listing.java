package org.pgkeep.backup;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.PathName;

/**
 * Walks a data directory in path order, through its tablespaces and links, and gives what belongs into a backup to a consumer.
 * Files that vanish meanwhile are left out: the WAL knows what became of them. Memory: the names of one directory and its
 * parents.
 */
final class Listing {
    private static final String TABLESPACES = "pg_tblspc";

    private final Path root;
    private final Exclusions exclusions;
    private final String tablespaceDirectory;
    private final Consumer<ListedEntry> found;
    private final Consumer<String> warn;
    private final FileFacts facts = new FileFacts();
    private final Set<Path> tablespacesInside = new HashSet<>();

    /**
     * A walk.
     *
     * @param tablespaceDirectory the server version's directory in a tablespace, {@code PG_15_202209061}; others are left out
     */
    Listing(
            Path root,
            Exclusions exclusions,
            String tablespaceDirectory,
            Consumer<ListedEntry> found,
            Consumer<String> warn) {
        this.root = real(root);
        this.exclusions = exclusions;
        this.tablespaceDirectory = tablespaceDirectory;
        this.found = found;
        this.warn = warn;
    }

    private static Path real(Path root) {
        try {
            return root.toRealPath();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.PATH_MISSING, "find data directory " + root, e);
        }
    }

    /** Walks. */
    void walk() {
        try {
            findTablespacesInside();
            walk(root, PathName.of(""));
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "list " + root, e);
        }
    }

    /** A tablespace may lie inside the data directory: it is listed through its link and not a second time where it lies. */
    private void findTablespacesInside() throws IOException {
        Path links = root.resolve(TABLESPACES);
        if (!Files.isDirectory(links)) {
            return;
        }
        try (DirectoryStream<Path> children = Files.newDirectoryStream(links)) {
            for (Path child : children) {
                if (Files.isSymbolicLink(child) && Files.isDirectory(child)) {
                    Path target = child.toRealPath();
                    if (target.startsWith(root)) {
                        tablespacesInside.add(target);
                    }
                }
            }
        }
    }

    private void walk(Path directory, PathName path) throws IOException {
        List<PathName> children = children(directory, path);
        Set<Long> unlogged =
                exclusions.unlogged(children.stream().map(PathName::latin1).toList());
        boolean withoutFiles = exclusions.leavesOutFiles(path.latin1());
        for (PathName child : children) {
            if (!Exclusions.isUnloggedContent(child.latin1(), unlogged)) {
                visit(child, withoutFiles);
            }
        }
    }

    private static List<PathName> children(Path directory, PathName path) throws IOException {
        List<PathName> children = new ArrayList<>();
        try (DirectoryStream<Path> names = Files.newDirectoryStream(directory)) {
            for (Path name : names) {
                children.add(path.child(PathName.bytesOf(name.getFileName())));
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            // A dropped database: its directory vanished between its listing and ours.
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        children.sort(null);
        return children;
    }

    private void visit(PathName path, boolean withoutFiles) throws IOException {
        Path file = path.under(root);
        FileFacts.Facts known;
        try {
            known = facts.of(file, false);
        } catch (NoSuchFileException e) {
            return;
        }
        boolean directory = known.kind() == FileFacts.Kind.DIRECTORY;
        if (exclusions.leavesOut(path.latin1(), directory) || (withoutFiles && !directory)) {
            return;
        }
        switch (known.kind()) {
            case FILE -> found.accept(entry(path, ListedEntry.Type.FILE, known, Optional.empty()));
            case DIRECTORY -> visitDirectory(path, file, known);
            case LINK -> visitLink(path, file, known);
            case SPECIAL -> warn.accept(path + " is a socket, pipe or device: left out");
        }
    }

    private static ListedEntry entry(
            PathName path, ListedEntry.Type type, FileFacts.Facts known, Optional<PathName> link) {
        long size = type == ListedEntry.Type.FILE ? known.sizeBytes() : 0;
        return new ListedEntry(path, type, size, known.attributes(), link);
    }

    private void visitDirectory(PathName path, Path file, FileFacts.Facts known) throws IOException {
        if (tablespacesInside.contains(file)) {
            return;
        }
        found.accept(entry(path, ListedEntry.Type.DIRECTORY, known, Optional.empty()));
        if (!exclusions.leavesOutContents(path.latin1())) {
            walk(file, path);
        }
    }

    private void visitLink(PathName path, Path file, FileFacts.Facts known) throws IOException {
        PathName target = PathName.of(PathName.bytesOf(Files.readSymbolicLink(file)));
        FileFacts.Facts behind;
        try {
            behind = facts.of(file, true);
        } catch (NoSuchFileException e) {
            warn.accept(path + " is a link to " + target + ", which is not there: only the link is kept");
            found.accept(entry(path, ListedEntry.Type.LINK, known, Optional.of(target)));
            return;
        }
        switch (behind.kind()) {
            case FILE -> found.accept(entry(path, ListedEntry.Type.FILE, behind, Optional.of(target)));
            case DIRECTORY -> visitLinkedDirectory(path, file, behind, target);
            case LINK, SPECIAL -> warn.accept(path + " is a link to a socket, pipe or device: left out");
        }
    }

    private void visitLinkedDirectory(PathName path, Path file, FileFacts.Facts behind, PathName target)
            throws IOException {
        found.accept(entry(path, ListedEntry.Type.LINK, behind, Optional.of(target)));
        if (isTablespaceLink(path)) {
            visit(path.child(tablespaceDirectory.getBytes(java.nio.charset.StandardCharsets.US_ASCII)), false);
            return;
        }
        Path real = file.toRealPath();
        if (real.startsWith(root) || root.startsWith(real)) {
            // What it leads to is listed where it lies, and following it could go in circles.
            return;
        }
        if (!exclusions.leavesOutContents(path.latin1())) {
            walk(file, path);
        }
    }

    private static boolean isTablespaceLink(PathName path) {
        String text = path.latin1();
        return text.startsWith(TABLESPACES + "/") && text.indexOf('/', TABLESPACES.length() + 1) < 0;
    }
}
