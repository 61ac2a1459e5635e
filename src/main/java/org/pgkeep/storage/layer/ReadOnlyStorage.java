package org.pgkeep.storage.layer;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.ObjectWriter;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.StorageTraits;

/** A store that is only read: every change is refused with {@code PERMISSION} before anything happens. */
public final class ReadOnlyStorage implements Storage {
    private final Storage inner;

    /** Takes the store over: closing this closes it. */
    public ReadOnlyStorage(Storage inner) {
        this.inner = inner;
    }

    @Override
    public StorageTraits traits() {
        return inner.traits();
    }

    @Override
    public String location(ObjectName name) {
        return inner.location(name);
    }

    @Override
    public Optional<ObjectReader> open(ObjectName name) {
        return inner.open(name);
    }

    @Override
    public Optional<ObjectInfo> info(ObjectName name) {
        return inner.info(name);
    }

    @Override
    public Stream<ObjectInfo> list(String folder) {
        return inner.list(folder);
    }

    @Override
    public Stream<String> children(String folder) {
        return inner.children(folder);
    }

    @Override
    public Stream<String> names(String folder) {
        return inner.names(folder);
    }

    @Override
    public ObjectWriter write(ObjectName name) {
        throw refused("write " + location(name));
    }

    @Override
    public boolean create(ObjectName name, byte[] content) {
        throw refused("write " + location(name));
    }

    @Override
    public boolean replace(ObjectName name, String expectedVersion, byte[] content) {
        throw refused("replace " + location(name));
    }

    @Override
    public ObjectWriter rewrite(ObjectName name, String expectedVersion) {
        throw refused("replace " + location(name));
    }

    @Override
    public boolean delete(ObjectName name) {
        throw refused("delete " + location(name));
    }

    @Override
    public List<ObjectName> deleteAll(List<ObjectName> names) {
        throw refused("delete " + names.size() + " objects");
    }

    @Override
    public long sweepAbandoned(String folder, Instant before) {
        throw refused("sweep");
    }

    private static PgkeepException refused(String what) {
        return new PgkeepException(ErrorCode.PERMISSION, "cannot " + what + ": the store was opened for reading only");
    }

    @Override
    public void close() {
        inner.close();
    }
}
