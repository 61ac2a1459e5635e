package org.pgkeep.storage.posix;

import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;

/**
 * All objects below a folder, depth first, each folder's names in order, which is the order of {@link ObjectName}. Holds the names of
 * one folder a level, and no open directory.
 */
final class Walk implements Iterator<ObjectInfo> {
    private final Tree tree;
    private final Deque<Level> levels = new ArrayDeque<>();
    private @Nullable ObjectInfo next;

    Walk(Tree tree, String folder) {
        this.tree = tree;
        descend(tree.folder(folder), folder.isEmpty() ? "" : folder + "/");
    }

    @Override
    public boolean hasNext() {
        while (next == null && !levels.isEmpty()) {
            Level level = levels.getLast();
            if (level.names().hasNext()) {
                visit(level, level.names().next());
            } else {
                levels.removeLast();
            }
        }
        return next != null;
    }

    private void visit(Level level, String name) {
        Path path = level.folder().resolve(name);
        Optional<BasicFileAttributes> found = tree.look(path);
        if (found.isEmpty()) {
            return;
        }
        if (found.get().isDirectory()) {
            descend(path, level.prefix() + name + "/");
        } else if (found.get().isRegularFile()) {
            next = Tree.info(new ObjectName(level.prefix() + name), found.get());
        }
    }

    private void descend(Path folder, String prefix) {
        levels.addLast(new Level(folder, prefix, tree.sortedNames(folder).iterator()));
    }

    @Override
    public ObjectInfo next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException();
        }
        ObjectInfo result = next;
        next = null;
        return result;
    }

    private record Level(Path folder, String prefix, Iterator<String> names) {}
}
