package org.pgkeep.storage;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A store of whole, named, immutable objects. Thread-safe. A missing object is an expected answer (empty, {@code false});
 * everything else that goes wrong is a {@link org.pgkeep.error.PgkeepException} whose message names the object's
 * {@linkplain #location location}. An error of a method that changes something leaves open whether it happened: look again. The
 * contract test holds every sentence of this page.
 *
 * <p>Names form a tree: no object's name is a folder of another object's. A store that keeps folders refuses to make one with
 * {@code STORAGE}, and finds no object where there is a folder.
 */
public interface Storage extends AutoCloseable {
    /** What this store can promise. */
    StorageTraits traits();

    /** Where an object is, in the words a person would use to look at it (a path, a URL); for messages only. */
    String location(ObjectName name);

    /**
     * Starts an object. Nothing is visible under its name before {@link ObjectWriter#commit()} returned; an abandoned writer
     * leaves no object (a crash may leave a temporary one that {@link #list} does not show).
     */
    ObjectWriter write(ObjectName name);

    /**
     * Opens an object for reading at any offset; empty if there is none. What the reader gives is of one version of the object, even
     * if it is replaced or deleted meanwhile, or an error.
     */
    Optional<ObjectReader> open(ObjectName name);

    /** What is known of an object without reading it; empty if there is none. */
    Optional<ObjectInfo> info(ObjectName name);

    /**
     * All objects whose name starts with this folder, in ascending order of {@link ObjectName}, at any depth. Lazy, bounded
     * memory; objects that appear or vanish meanwhile may or may not be seen. Close the stream.
     *
     * @param folder a name without a trailing slash, or "" for everything
     */
    Stream<ObjectInfo> list(String folder);

    /**
     * The names (one path component each, ascending) of what lies directly in a folder: objects and folders that hold any.
     * An absent folder is empty. Close the stream.
     */
    Stream<String> children(String folder);

    /**
     * The names of what lies directly in a folder, in no order and without a look at any of it, which is much cheaper than
     * {@link #children} where looking is: among them may be folders that hold nothing and, in a store that others write into, what is
     * neither. An absent folder is empty. Close the stream.
     */
    Stream<String> names(String folder);

    /** Removes an object durably; {@code false} if there was none. */
    boolean delete(ObjectName name);

    /**
     * Removes objects durably, and at once where that costs less than one after another: a store of files waits for the disk once for each of
     * their folders. After an error some may be gone and others not. Others' changes may wait for it: give a few dozen, not thousands.
     *
     * @return those of them that were there
     */
    default List<ObjectName> deleteAll(List<ObjectName> names) {
        return names.stream().filter(this::delete).toList();
    }

    /**
     * Replaces an object's content if it is still the one with this version (compare-and-swap); {@code false}, changing
     * nothing, if it is not or is gone. Atomic and durable.
     *
     * @param expectedVersion {@link ObjectInfo#version()} as read before
     */
    default boolean replace(ObjectName name, String expectedVersion, byte[] content) {
        try (ObjectWriter writer = rewrite(name, expectedVersion)) {
            writer.write(ByteBuffer.wrap(content));
            return writer.commit();
        }
    }

    /**
     * Starts another content of an object, however long. {@link ObjectWriter#commit()} replaces what is there as {@link #replace} does:
     * {@code false}, changing nothing, if it is not the one with this version any more or is gone. Who has the object open reads on in
     * what it was. An abandoned writer changes nothing.
     *
     * @param expectedVersion {@link ObjectInfo#version()} as read before
     */
    ObjectWriter rewrite(ObjectName name, String expectedVersion);

    /**
     * Creates an object at once; {@code false}, changing nothing, if one is there already. Atomic and durable; so is the other one
     * when it is there already.
     */
    default boolean create(ObjectName name, byte[] content) {
        try (ObjectWriter writer = write(name)) {
            writer.write(ByteBuffer.wrap(content));
            return writer.commit();
        }
    }

    /**
     * Removes what writers that died left behind and {@link #list} never shows. A writer still alive, whose last write was before
     * that moment, finds its work gone and fails.
     *
     * @param folder where to look, at any depth; empty: everywhere
     * @param before only what was last written before this moment, by the store's clock
     * @return how many were removed
     */
    long sweepAbandoned(String folder, Instant before);

    @Override
    void close();
}
