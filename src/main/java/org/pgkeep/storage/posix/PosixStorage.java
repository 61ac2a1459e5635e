package org.pgkeep.storage.posix;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.ObjectWriter;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.StorageTraits;

/** A store in a directory that exists. */
public final class PosixStorage implements Storage {
    private static final StorageTraits TRAITS = new StorageTraits(true, true, true);

    private final Tree tree;
    private final PosixOptions options;
    private final Folders folders;
    private final RootLock lock;
    private final Publication publication;

    private PosixStorage(Path root, PosixOptions options, boolean hardLinks) {
        this.tree = new Tree(root);
        this.options = options;
        this.folders = new Folders(tree, options);
        this.lock = new RootLock(root, options);
        this.publication = new Publication(lock, hardLinks);
    }

    /** Opens a directory; as {@link #open(Path, PosixOptions)} with {@link PosixOptions#DEFAULT}. */
    public static PosixStorage open(Path root) {
        return open(root, PosixOptions.DEFAULT);
    }

    /**
     * Opens a directory, or a link to one.
     *
     * @throws org.pgkeep.error.PgkeepException {@code PATH_MISSING} when there is none
     */
    public static PosixStorage open(Path root, PosixOptions options) {
        var storage = new PosixStorage(root.toAbsolutePath().normalize(), options, true);
        storage.tree.requireRoot();
        return storage;
    }

    /** Opens a directory, made durably before if it does not exist. */
    public static PosixStorage create(Path root, PosixOptions options) {
        new RootMaker(options).make(root.toAbsolutePath().normalize());
        return open(root, options);
    }

    /** For the test of file systems without hard links; nothing waits for the disk, so that it comes to close races. */
    static PosixStorage openWithoutHardLinks(Path root) {
        return new PosixStorage(root.toAbsolutePath().normalize(), PosixOptions.DEFAULT.withoutSync(), false);
    }

    @Override
    public StorageTraits traits() {
        return TRAITS;
    }

    @Override
    public String location(ObjectName name) {
        return tree.path(name).toString();
    }

    @Override
    public ObjectWriter write(ObjectName name) {
        return new PosixWriter(tree.path(name), folders, Instant.MIN, publication::publish, options);
    }

    @Override
    public Optional<ObjectReader> open(ObjectName name) {
        // Looked at first: opening a directory succeeds, and opening a pipe waits.
        if (tree.object(name).isEmpty()) {
            return Optional.empty();
        }
        Path path = tree.path(name);
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            return Optional.of(new PosixReader(path, channel, channel.size()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw PosixFailure.of("open " + path, e);
        }
    }

    @Override
    public Optional<ObjectInfo> info(ObjectName name) {
        return tree.object(name).map(file -> Tree.info(name, file));
    }

    @Override
    public Stream<ObjectInfo> list(String folder) {
        int kind = Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(new Walk(tree, folder), kind), false);
    }

    @Override
    public Stream<String> children(String folder) {
        Path path = tree.folder(folder);
        return tree.sortedNames(path).stream().filter(name -> isChild(path.resolve(name)));
    }

    @Override
    public Stream<String> names(String folder) {
        return tree.names(tree.folder(folder)).stream();
    }

    /** An object, or a folder that holds one: a crash, or another process at work, leaves empty folders. */
    private boolean isChild(Path path) {
        return tree.look(path)
                .filter(found -> found.isRegularFile() || (found.isDirectory() && tree.holdsAny(path)))
                .isPresent();
    }

    @Override
    public boolean delete(ObjectName name) {
        return !deleteAll(List.of(name)).isEmpty();
    }

    @Override
    public List<ObjectName> deleteAll(List<ObjectName> names) {
        List<ObjectName> there =
                names.stream().filter(name -> tree.object(name).isPresent()).toList();
        if (there.isEmpty()) {
            return there;
        }
        List<ObjectName> deleted = unlink(there);
        // Also of those that another removed meanwhile: who was told that they are gone counts on it.
        there.stream().map(name -> Tree.parent(tree.path(name))).distinct().forEach(this::settle);
        return deleted;
    }

    private List<ObjectName> unlink(List<ObjectName> names) {
        List<ObjectName> deleted = new ArrayList<>();
        String what = "take the lock of " + tree.root();
        try (var _ = lock.take()) {
            for (ObjectName name : names) {
                what = "delete " + tree.path(name);
                if (Files.deleteIfExists(tree.path(name))) {
                    deleted.add(name);
                }
            }
            return deleted;
        } catch (IOException e) {
            throw PosixFailure.of(what, e);
        }
    }

    private void settle(Path folder) {
        try {
            folders.syncNearest(folder);
        } catch (IOException e) {
            throw PosixFailure.of("sync " + folder, e);
        }
        folders.prune(folder);
    }

    @Override
    public boolean replace(ObjectName name, String expectedVersion, byte[] content) {
        // Looked at first: where it cannot be replaced, nothing is written beside it.
        return info(name)
                        .map(ObjectInfo::version)
                        .filter(expectedVersion::equals)
                        .isPresent()
                && Storage.super.replace(name, expectedVersion, content);
    }

    @Override
    public ObjectWriter rewrite(ObjectName name, String expectedVersion) {
        Instant before = info(name).map(ObjectInfo::modified).orElse(Instant.MIN);
        return new PosixWriter(
                tree.path(name),
                folders,
                before,
                (temporary, target) -> swap(name, expectedVersion, temporary, target),
                options);
    }

    private boolean swap(ObjectName name, String expectedVersion, Path temporary, Path target) throws IOException {
        try (var _ = lock.take()) {
            boolean same = current(name).filter(expectedVersion::equals).isPresent();
            if (same) {
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            }
            return same;
        }
    }

    /** The version of an object, from the file server and not from this host's memory of it: NFS asks again on each open. */
    private Optional<String> current(ObjectName name) {
        try (FileChannel _ = FileChannel.open(tree.path(name), StandardOpenOption.READ)) {
            return info(name).map(ObjectInfo::version);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw PosixFailure.of("open " + tree.path(name), e);
        }
    }

    @Override
    public long sweepAbandoned(String folder, Instant before) {
        return new Sweep(tree, folders, before).run(tree.folder(folder));
    }

    @Override
    public void close() {}
}
