package org.pgkeep.storage.memory;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.ObjectWriter;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.StorageTraits;

/**
 * A store in the heap. Reads take no lock; changes take this object's monitor. As strict as a file system about names: a folder
 * cannot be an object.
 */
public final class MemoryStorage implements Storage {
    private static final StorageTraits TRAITS = new StorageTraits(true, true, true);

    private final ConcurrentNavigableMap<ObjectName, StoredObject> objects = new ConcurrentSkipListMap<>();
    private final InstantSource clock;
    private long versions;

    /** An empty store. */
    public MemoryStorage() {
        this(InstantSource.system());
    }

    /** An empty store whose objects carry this clock's times. */
    public MemoryStorage(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public StorageTraits traits() {
        return TRAITS;
    }

    @Override
    public String location(ObjectName name) {
        return "memory:" + name;
    }

    @Override
    public ObjectWriter write(ObjectName name) {
        return new MemoryWriter(location(name), content -> publish(name, content));
    }

    @Override
    public Optional<ObjectReader> open(ObjectName name) {
        return Optional.ofNullable(objects.get(name)).map(found -> new MemoryReader(location(name), found.content()));
    }

    @Override
    public Optional<ObjectInfo> info(ObjectName name) {
        return Optional.ofNullable(objects.get(name)).map(found -> found.info(name));
    }

    @Override
    public Stream<ObjectInfo> list(String folder) {
        return namesIn(folder).flatMap(name -> info(name).stream());
    }

    @Override
    public Stream<String> children(String folder) {
        int start = folder.isEmpty() ? 0 : folder.length() + 1;
        return namesIn(folder)
                .map(name -> name.value().substring(start))
                .map(rest -> rest.indexOf('/') < 0 ? rest : rest.substring(0, rest.indexOf('/')))
                .distinct();
    }

    @Override
    public Stream<String> names(String folder) {
        return children(folder);
    }

    /** A folder's content is contiguous in the order of names, right behind the folder's own name. */
    private Stream<ObjectName> namesIn(String folder) {
        if (folder.isEmpty()) {
            return objects.keySet().stream();
        }
        String prefix = folder + "/";
        return objects.tailMap(new ObjectName(folder), false).keySet().stream()
                .takeWhile(name -> name.value().startsWith(prefix));
    }

    @Override
    public synchronized boolean delete(ObjectName name) {
        return objects.remove(name) != null;
    }

    @Override
    public ObjectWriter rewrite(ObjectName name, String expectedVersion) {
        return new MemoryWriter(location(name), content -> swap(name, expectedVersion, content));
    }

    private synchronized boolean swap(ObjectName name, String expectedVersion, byte[] content) {
        StoredObject current = objects.get(name);
        if (current == null || !current.version().equals(expectedVersion)) {
            return false;
        }
        objects.put(name, stored(content));
        return true;
    }

    @Override
    public long sweepAbandoned(String folder, Instant before) {
        return 0;
    }

    @Override
    public void close() {}

    /** Makes an object visible unless there is one; takes the array. */
    private synchronized boolean publish(ObjectName name, byte[] content) {
        if (objects.containsKey(name)) {
            return false;
        }
        refuseFolderAsObject(name);
        objects.put(name, stored(content));
        return true;
    }

    private StoredObject stored(byte[] content) {
        versions++;
        return new StoredObject(content, clock.instant(), Long.toString(versions));
    }

    private void refuseFolderAsObject(ObjectName name) {
        if (namesIn(name.value()).findAny().isPresent()) {
            throw new PgkeepException(ErrorCode.STORAGE, "cannot write " + location(name) + ": it is a folder");
        }
        String value = name.value();
        for (int slash = value.indexOf('/'); slash >= 0; slash = value.indexOf('/', slash + 1)) {
            ObjectName folder = new ObjectName(value.substring(0, slash));
            if (objects.containsKey(folder)) {
                throw new PgkeepException(
                        ErrorCode.STORAGE,
                        "cannot write " + location(name) + ": " + location(folder) + " is not a folder");
            }
        }
    }
}
