package org.pgkeep.repository;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pgkeep.codec.Algorithm;
import org.pgkeep.codec.Compression;
import org.pgkeep.codec.StreamCodec;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.ObjectWriter;
import org.pgkeep.storage.Storage;

/**
 * A repository's objects one by one, for who looks at them, mends or moves something by hand. Nothing here knows what an object is
 * for: no lease is asked, no pin, no reference.
 */
public final class RepositoryObjects {
    private final Storage storage;
    private final boolean expands;

    private RepositoryObjects(Storage storage, boolean expands) {
        this.storage = storage;
        this.expands = expands;
    }

    /** As they are stored: sealed where the repository is sealed, compressed. Needs no key, and no repository that is whole. */
    public static RepositoryObjects stored(Storage storage) {
        return new RepositoryObjects(storage, false);
    }

    /**
     * As pgkeep has them in its hands: unsealed by the store, and expanded where the name ends as that of a compressed file. What is
     * compressed within, as packs and summaries are, stays so.
     */
    static RepositoryObjects contents(Storage storage) {
        return new RepositoryObjects(storage, true);
    }

    /** The object's name, as people type it. */
    public static Optional<ObjectName> parse(String path) {
        boolean sound = path.length() <= ObjectName.BYTES_MAX
                && Arrays.stream(path.split("/", -1)).allMatch(ObjectName::isComponent);
        return sound ? Optional.of(new ObjectName(path)) : Optional.empty();
    }

    /** What is known of an object; empty when there is none. */
    public Optional<ObjectInfo> find(ObjectName name) {
        return storage.info(name);
    }

    /** Whether there are objects below this folder. */
    public boolean isFolder(ObjectName name) {
        try (Stream<String> children = storage.children(name.value())) {
            return children.findAny().isPresent();
        }
    }

    /** The names of what lies directly in a folder, "" for the whole repository. */
    public List<String> children(String folder) {
        try (Stream<String> children = storage.children(folder)) {
            return children.toList();
        }
    }

    /** All objects below a folder, by name; close the stream. */
    public Stream<ObjectInfo> all(String folder) {
        return storage.list(folder);
    }

    /** Where it is, for messages. */
    public String location(ObjectName name) {
        return storage.location(name);
    }

    /**
     * Copies an object's content.
     *
     * @return whether there is such an object
     * @throws PgkeepException {@code DAMAGED} when it cannot be unsealed or expanded; a part was copied then
     */
    public boolean read(ObjectName name, OutputStream target) {
        Optional<ObjectReader> found = storage.open(name);
        if (found.isEmpty()) {
            return false;
        }
        try (ObjectReader reader = found.get();
                InputStream content = StreamCodec.expanding(
                        new ObjectStreams.Input(reader), expands ? algorithm(name) : Algorithm.NONE)) {
            long _ = content.transferTo(target);
            return true;
        } catch (IOException e) {
            throw new PgkeepException(
                            ErrorCode.DAMAGED,
                            location(name) + " cannot be expanded: " + e.getMessage(),
                            "Look at it as it is stored: --raw.")
                    .causedBy(e);
        }
    }

    /**
     * Makes an object of this content.
     *
     * @return {@code false} when there is one already; nothing was changed then
     */
    public boolean create(ObjectName name, InputStream content) {
        Algorithm algorithm = expands ? algorithm(name) : Algorithm.NONE;
        try (ObjectWriter writer = storage.write(name)) {
            OutputStream target = StreamCodec.compressing(new ObjectStreams.Output(writer), Compression.of(algorithm));
            long _ = content.transferTo(target);
            target.close();
            return writer.commit();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read what is to become " + location(name), e);
        }
    }

    /** Removes an object; {@code false} when there is none. */
    public boolean remove(ObjectName name) {
        return storage.delete(name);
    }

    private static Algorithm algorithm(ObjectName name) {
        return Arrays.stream(Algorithm.values())
                .filter(each -> each != Algorithm.NONE && name.last().endsWith(each.suffix()))
                .findFirst()
                .orElse(Algorithm.NONE);
    }
}
